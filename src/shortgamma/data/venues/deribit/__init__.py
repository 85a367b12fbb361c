"""Deribit's JSON-RPC answers, dumps of them, and its instrument names."""
