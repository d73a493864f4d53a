// The page's table: only the rows in sight are in the document, so that a hundred thousand scroll as ten do.

import { addressOrder, COLUMNS, chosenRows, columnWidths, isRejected } from "./rows";

const ROW_PIXELS = 29;
const SPARE_ROWS = 10;

const data = JSON.parse(document.getElementById("data").textContent);
const order = addressOrder(data.addresses);
const scroller = document.getElementById("scroller");
const [head, body] = [document.querySelector("#table thead tr"), document.querySelector("#table tbody")];
const [filter, rejected] = [document.getElementById("filter"), document.getElementById("rejected")];
const choice = { text: "", isRejectedOnly: false, column: 0, isDescending: false };
let rows = [];

function made(name, text, className) {
  const element = document.createElement(name);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

function spacer(count) {
  const row = made("tr", "", "spacer");
  const cell = made("td", "");
  cell.colSpan = COLUMNS.length;
  cell.style.height = `${count * ROW_PIXELS}px`;
  row.append(cell);
  return row;
}

function rowElement(row) {
  const element = made("tr", "", isRejected(row) ? "rejected" : "");
  for (const { isNumber, text } of COLUMNS) element.append(made("td", text(row, data), isNumber ? "number" : ""));
  return element;
}

function draw() {
  const first = Math.max(0, Math.floor(scroller.scrollTop / ROW_PIXELS) - SPARE_ROWS);
  const last = Math.min(rows.length, first + Math.ceil(scroller.clientHeight / ROW_PIXELS) + 2 * SPARE_ROWS);
  body.replaceChildren(spacer(first), ...rows.slice(first, last).map(rowElement), spacer(rows.length - last));
}

function choose() {
  rows = chosenRows(data, order, choice);
  const [chosen, all] = [rows.length, data.rows.length].map((count) => count.toLocaleString("en-US"));
  document.getElementById("count").textContent = chosen === all ? all : `${chosen} of ${all}`;
  const widths = columnWidths(data, rows);
  for (const [at, cell] of [...head.children].entries()) {
    cell.style.minWidth = `calc(${widths[at]}ch + 24px)`;
    const direction = choice.isDescending ? "descending" : "ascending";
    cell.setAttribute("aria-sort", at === choice.column ? direction : "none");
  }
  scroller.scrollTop = 0;
  draw();
}

function sortBy(column) {
  // numbers are asked for because of the large ones
  choice.isDescending = choice.column === column ? !choice.isDescending : COLUMNS[column].isNumber;
  choice.column = column;
  choose();
}

for (const [at, { title, isNumber }] of COLUMNS.entries()) {
  const cell = made("th", "", isNumber ? "number" : "");
  const button = made("button", title);
  button.type = "button";
  button.addEventListener("click", () => sortBy(at));
  cell.append(button);
  head.append(cell);
}
filter.addEventListener("input", () => {
  choice.text = filter.value;
  choose();
});
rejected.addEventListener("change", () => {
  choice.isRejectedOnly = rejected.checked;
  choose();
});
scroller.addEventListener("scroll", () => requestAnimationFrame(draw), { passive: true });
addEventListener("resize", draw);
choose();
