"""The benchmarks are scripts for `make bench`, no tests."""

collect_ignore_glob = ["*.py"]
