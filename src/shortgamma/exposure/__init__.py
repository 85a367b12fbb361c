"""Who is long or short how much gamma: positioning, profile, flips, walls, confidence, feedback."""
