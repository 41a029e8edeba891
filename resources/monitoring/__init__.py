"""Alert rules of Prometheus and a dashboard of Grafana, which `taskdeck monitoring` prints."""
