// The page without a line: go on as soon as it is back.
addEventListener("online", () => location.reload());
