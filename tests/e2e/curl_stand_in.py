"""As much of curl as the README uses, for machines that have none: -s -N -i -o -H -F -d and a URL."""

import sys
from pathlib import Path

import httpx

WITH_VALUE = ("-o", "-H", "-F", "-d")
FLAGS = ("-s", "-N", "-i", "-sN")


def main(arguments: list[str]) -> None:
    given: dict[str, list[str]] = {name: [] for name in (*WITH_VALUE, "url", "flags")}
    words = iter(arguments)
    for word in words:
        if word in WITH_VALUE:
            given[word].append(next(words))
        elif word in FLAGS:
            given["flags"].append(word)
        else:
            assert word.startswith("http"), word
            given["url"].append(word)
    (url,) = given["url"]
    answer = _ask(url, given)
    if "-i" in given["flags"]:
        head = [f"HTTP/1.1 {answer.status_code}", *(f"{name}: {value}" for name, value in answer.headers.items())]
        sys.stdout.write("\r\n".join(head) + "\r\n\r\n")
        sys.stdout.flush()
    if given["-o"]:
        Path(given["-o"][0]).write_bytes(answer.content)
    else:
        sys.stdout.buffer.write(answer.content)


def _ask(url: str, given: dict[str, list[str]]) -> httpx.Response:
    headers = dict(line.split(": ", 1) for line in given["-H"])
    form = dict(field.split("=", 1) for field in given["-F"])
    files = {name: (value[1:], Path(value[1:]).read_bytes()) for name, value in form.items() if value.startswith("@")}
    fields = {name: value for name, value in form.items() if not value.startswith("@")}
    method = "POST" if form or given["-d"] else "GET"
    with httpx.Client(timeout=90, trust_env=False) as client:
        if form:
            return client.request(method, url, headers=headers, data=fields, files=files)
        return client.request(method, url, headers=headers, content="".join(given["-d"]))


if __name__ == "__main__":
    main(sys.argv[1:])
