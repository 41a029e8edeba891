"""One typed feed per aggregate, between the live stream and the views.

An event is decoded here once; views subscribe to a feed's signal and receive models.
"""
