"""`python -m chengyun.cli` is the `chengyun` command."""

from chengyun.cli.main import main

if __name__ == "__main__":
    main()
