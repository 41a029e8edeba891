"""Documents that the command line prints."""
