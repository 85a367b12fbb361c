"""Option pools made of replaceable rules: how they quote, how much they take, how they hedge and settle."""
