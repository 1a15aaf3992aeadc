"""A store as plain dicts: what any sequence of operations on branches ought to lead to."""

from dataclasses import dataclass, field


@dataclass
class Node:
    """One commit: where it is, what it holds, what it follows, what it was made from."""

    repo: str
    parents: list[str]
    files: dict[str, bytes]
    made_from: list[str] = field(default_factory=list)


class Model:
    """``heads`` by (repo, branch), ``tags`` by name (of repo ``r``), ``nodes`` by commit id."""

    def __init__(self):
        self.nodes: dict[str, Node] = {}
        self.heads: dict[tuple[str, str], str | None] = {}
        self.tags: dict[str, str] = {}
        self.opened: dict[str, tuple[str, list[tuple[str, bytes | None]]]] = {}

    def files(self, repo, branch):
        head = self.heads.get((repo, branch))
        return dict(self.nodes[head].files) if head else {}

    def commits(self, repo="r"):
        """In the order in which they were made, which is the same in every run; their ids are not."""
        return [identity for identity, node in self.nodes.items() if node.repo == repo]

    def ancestors(self, identity):
        """The commit itself and everything it follows."""
        found, waiting = set(), [identity] if identity else []
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting.extend(self.nodes[one].parents)
        return found

    def bases(self, one, other):
        """The common ancestors that no other one descends from."""
        common = self.ancestors(one) & self.ancestors(other)
        return [each for each in common if not any(each in self.ancestors(more) - {more} for more in common)]

    def children(self, identity):
        return sorted(child for child, node in self.nodes.items() if identity in node.parents)

    def needed_by_others(self, identity):
        """Whether a tag names it or something was made from it."""
        return identity in self.tags.values() or any(identity in node.made_from for node in self.nodes.values())

    def squash(self, identity):
        gone = self.nodes.pop(identity)
        for child in self.children(identity):
            node = self.nodes[child]
            parents = [more for each in node.parents for more in (gone.parents if each == identity else [each])]
            node.parents = list(dict.fromkeys(parents))
            node.made_from = list(dict.fromkeys([*node.made_from, *gone.made_from]))

    def drop(self, identity):
        gone = self.nodes.pop(identity)
        for place, head in self.heads.items():
            if head == identity:
                self.heads[place] = gone.parents[0] if gone.parents else None


def into_itself(path, to):
    """Whether a folder would be moved to somewhere inside it."""
    folder, target = path.rstrip("/") + "/", to.rstrip("/") + "/"
    return target.startswith(folder) and target != folder


def merged(base, ours, theirs, side):
    """What a merge of dicts gives, and the paths that need a decision; ``side`` decides them."""
    found, conflicts = {}, []
    for path in {*base, *ours, *theirs}:
        was, mine, yours = (tree.get(path) for tree in (base, ours, theirs))
        value = mine
        if mine == was:
            value = yours
        elif yours not in (mine, was):
            conflicts.append(path)
            value = {"ours": mine, "theirs": yours, "base": was}[side or "ours"]
        if value is not None:
            found[path] = value
    return found, sorted(conflicts)


def chosen(files, path):
    """The files that a path means, by their name below it; None: the file itself."""
    if path in files:
        return {path: None}
    return {each: each[len(path.rstrip("/")) + 1 :] for each in files if each.startswith(path.rstrip("/") + "/")}


def copied(source, path, there, to):
    """What a copy puts: paths and bodies."""
    base = to.rstrip("/")
    inside = to.endswith("/") or any(each.startswith(base + "/") for each in there)
    found = {}
    for each, name in chosen(source, path).items():
        own = f"{base}/{each.rpartition('/')[2]}" if inside else base
        found[own if name is None else f"{base}/{name}"] = source[each]
    return found
