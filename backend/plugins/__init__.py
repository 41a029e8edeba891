"""What plug-ins import: the contracts of executors and strategies, events, and the checks that a plug-in passes.

Nothing else of Taskdeck is meant for plug-ins. What is here only grows within a major version;
`docs/how-to/extend.md` (`taskdeck docs how-to/extend`) explains it with examples.
"""
