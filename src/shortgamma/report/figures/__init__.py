"""One module per family of figures; each figure is a function from an answer to a plain Plotly spec."""
