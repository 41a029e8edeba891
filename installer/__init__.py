"""How the packages of Taskdeck are built."""
