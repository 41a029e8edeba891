"""Prometheus metrics: of the installation, of the replica that answers, and under their former names."""
