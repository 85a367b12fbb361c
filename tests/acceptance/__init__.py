"""The contract of the issue, held from outside: commands and public API against own references."""
