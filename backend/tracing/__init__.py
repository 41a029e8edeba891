"""Traces: which one a run belongs to, and spans for OpenTelemetry where an operator turned it on.

Only `otel` imports OpenTelemetry, and only `start` imports `otel`.
"""
