"""The objects of the API as pydantic models: requests (`Input`) and answers (`Output`)."""
