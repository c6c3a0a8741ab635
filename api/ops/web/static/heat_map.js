// Heat maps: the Tab key stops once at each, and the arrow keys move within it. Each opens scrolled to prime time.

for (const frame of document.querySelectorAll("[data-heat]")) {
  const prime = frame.querySelector("tbody .prime");
  const name = frame.querySelector("tbody th");
  if (prime) frame.scrollLeft = prime.offsetLeft - name.offsetWidth - 24;

  const rows = [...frame.querySelectorAll("tbody tr")].map((row) => [...row.cells].map((cell) => cell.querySelector("a")));
  const links = rows.flat().filter(Boolean);
  if (!links.length) continue;
  for (const link of links) link.tabIndex = -1;
  let current = frame.querySelector("tbody .prime a") ?? links[0];
  current.tabIndex = 0;

  const move = (link) => {
    current.tabIndex = -1;
    current = link;
    current.tabIndex = 0;
    current.focus();
  };
  const next = (row, column, down, right) => {
    for (;;) {
      row += down;
      column += right;
      if (!rows[row] || column < 0 || column >= rows[row].length) return null;
      if (rows[row][column]) return rows[row][column];
    }
  };
  const steps = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };
  frame.addEventListener("focusin", (event) => {
    if (!links.includes(event.target) || event.target === current) return;
    current.tabIndex = -1;
    current = event.target;
    current.tabIndex = 0;
  });
  frame.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step || !links.includes(event.target)) return;
    event.preventDefault();
    const row = rows.findIndex((cells) => cells.includes(event.target));
    const link = next(row, rows[row].indexOf(event.target), ...step);
    if (link) move(link);
  });
}
