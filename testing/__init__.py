"""What tests and benchmarks share, and no part of the course imports."""
