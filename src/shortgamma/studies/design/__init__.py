"""Protocol designs compared under the same shocks."""
