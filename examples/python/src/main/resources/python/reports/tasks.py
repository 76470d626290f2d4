"""What the Python worker does for Java."""


def build(title, figures):
    if not figures:
        raise ValueError(f"no figures for the report {title!r}")
    return {"title": title, "total": sum(figures)}
