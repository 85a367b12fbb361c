"""Units, time, errors and frozen arrays: what every other room may rely on."""
