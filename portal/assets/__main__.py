"""Build `static/dist/` and say what came of it."""

from portal.assets.build import DIST, bundle


def main() -> None:
    """Build everything anew."""
    built = bundle()
    built.write(DIST)
    print(f"built {len(built.names)} files into {DIST}")


if __name__ == "__main__":
    main()
