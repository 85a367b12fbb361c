"""The embedded sample: invented chains, trades and holders, written by ``tools/make_sample.py``."""
