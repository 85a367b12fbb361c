"""Our kernels against C, NumPy, py_vollib_vectorized and QuantLib: ``python -m benchmarks``."""
