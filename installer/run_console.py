"""The frozen program `taskdeck-console`, which `taskdeck up` opens."""

from console.__main__ import main

raise SystemExit(main())
