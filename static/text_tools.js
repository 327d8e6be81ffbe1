// Tools over a text that is written in Markdown or HTML. Each changes it so that the browser's own
// undo takes it back. What marks a selection takes its marks off when it is used again.
const text_tools = (body, is_html, say) => {
  "use strict";

  const select = (from, to) => body.setSelectionRange(from, to);
  const put = (text) => {
    body.focus();
    if (!document.execCommand("insertText", false, text)) {
      body.setRangeText(text, body.selectionStart, body.selectionEnd, "end");
      body.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  const selected = () => body.value.slice(body.selectionStart, body.selectionEnd);
  const escaped = (text) =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

  // Words within a line

  // One star of two is no emphasis.
  const ends = (before, mark) =>
    before.endsWith(mark) && (mark !== "*" || /(^|[^*])(\*\*)*\*$/.test(before));
  const shrink = () => {  // a mark beside a blank is none
    const text = selected();
    const kept = text.trim();
    if (!kept) return;
    const start = body.selectionStart + text.indexOf(kept);
    select(start, start + kept.length);
  };
  const surround = (before, after, stand_in) => {
    shrink();
    const [start, end] = [body.selectionStart, body.selectionEnd];
    const inside = selected() || stand_in;
    const around = [body.value.slice(0, start), body.value.slice(end)];
    const is_on = start < end && ends(around[0], before) && around[1].startsWith(after);
    const begin = is_on ? start - before.length : start;
    if (is_on) select(begin, end + after.length);
    put(is_on ? inside : before + inside + after);
    const at = is_on ? begin : start + before.length;
    select(at, at + inside.length);
  };
  const words = (mark, tag, stand_in) => () =>
    is_html() ? surround(`<${tag}>`, `</${tag}>`, stand_in) : surround(mark, mark, stand_in);
  const link = () => {
    shrink();
    const start = body.selectionStart;
    const inside = selected() || "words";
    const [before, after] = is_html() ? ['<a href="', `">${inside}</a>`] : [`[${inside}](`, ")"];
    put(`${before}https://${after}`);
    select(start + before.length, start + before.length + "https://".length);
  };

  // Whole lines

  const take_lines = () => {
    const { value, selectionStart, selectionEnd } = body;
    const start = selectionStart ? value.lastIndexOf("\n", selectionStart - 1) + 1 : 0;
    const end = value.indexOf("\n", selectionEnd);
    select(start, end < 0 ? value.length : end);
    return selected().split("\n");
  };
  const put_lines = (lines) => {
    const start = body.selectionStart;
    const text = lines.join("\n");
    put(text);
    select(start, start + text.length);
  };
  const mark = (shape, make) => {
    const lines = take_lines();
    const is_on = lines.some((line) => line) && lines.every((line) => !line || shape.test(line));
    put_lines(lines.map((line, at) => is_on ? line.replace(shape, "") : make(line, at)));
  };
  const enclose = (outer, inner) => {
    const lines = take_lines().filter((line) => line.trim());
    put_lines([`<${outer}>`, ...lines.map((line) => `<${inner}>${line}</${inner}>`), `</${outer}>`]);
  };
  const heading = () => {
    if (is_html()) return surround("<h2>", "</h2>", "Heading");
    put_lines(take_lines().map((line) => {
      const [, marks, text] = line.match(/^(#*) ?(.*)$/);
      const next = { "": "## ", "##": "### " }[marks];
      return (next ?? "") + text;
    }));
  };
  const quote = () =>
    is_html() ? enclose("blockquote", "p") : mark(/^> ?/, (line) => `> ${line}`);
  const list = () => is_html() ? enclose("ul", "li") : mark(/^- /, (line) => line && `- ${line}`);
  const numbers = () =>
    is_html() ? enclose("ol", "li") : mark(/^\d+\. /, (line, at) => line && `${at + 1}. ${line}`);

  // What stands alone, with a blank line before and after

  const alone = (text) => {
    const before = body.value.slice(0, body.selectionStart);
    const after = body.value.slice(body.selectionEnd);
    const gap = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
    const rest = after.startsWith("\n\n") ? "" : !after || after.startsWith("\n") ? "\n" : "\n\n";
    put(`${gap}${text}${rest}`);
    return before.length + gap.length;
  };
  const code = () => {
    const text = selected();
    if (!text.includes("\n")) return words("`", "code", "code")();
    const lines = text.replace(/^\n+|\n+$/g, "");
    alone(is_html() ? `<pre><code>${escaped(lines)}</code></pre>` : `\`\`\`\n${lines}\n\`\`\``);
  };
  const in_markdown = (rows) => {
    const row = (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
    const [head, ...others] = rows.map(row);
    return [head, row(rows[0].map(() => "---")), ...others].join("\n");
  };
  const in_html = (rows) => {
    const row = (cells, tag) =>
      `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join("")}</tr>`;
    const [head, ...others] = rows;
    return `<table>\n<thead>\n${row(head, "th")}\n</thead>\n<tbody>\n${
      others.map((cells) => row(cells, "td")).join("\n")}\n</tbody>\n</table>`;
  };
  // Cells copied from a spreadsheet come with tabs between them.
  const table = () => {
    const copied = selected().includes("\t");
    const rows = copied
      ? selected().trim().split("\n").map((line) => line.split("\t").map((cell) => cell.trim()))
      : [["Heading", "Heading"], ["cell", "cell"], ["cell", "cell"]];
    if (!copied) select(body.selectionEnd, body.selectionEnd);
    const text = is_html() ? in_html(rows) : in_markdown(rows);
    const start = alone(text) + text.indexOf(rows[0][0]);
    if (!copied) select(start, start + rows[0][0].length);
  };
  const footnote = () => {
    if (is_html()) return say("A text in HTML has no footnotes of its own: link to a place below.");
    const used = [...body.value.matchAll(/\[\^(\d+)\]/g)].map((found) => Number(found[1]));
    const number = Math.max(0, ...used) + 1;
    select(body.selectionEnd, body.selectionEnd);
    put(`[^${number}]`);
    select(body.value.length, body.value.length);
    put(`${body.value.endsWith("\n") ? "" : "\n"}\n[^${number}]: `);
  };

  const strong = words("**", "strong", "strong");
  const emphasis = words("*", "em", "emphasis");
  return {
    alone,
    put,
    select,
    keys: { b: strong, i: emphasis, k: link },
    named: {
      Strong: [strong, "Ctrl+B"],
      Emphasis: [emphasis, "Ctrl+I"],
      Struck: [words("~~", "del", "struck")],
      Link: [link, "Ctrl+K"],
      Heading: [heading, "Again: a smaller one, and none"],
      Quote: [quote],
      List: [list],
      Numbers: [numbers, "A list with numbers"],
      Code: [code, "Of several lines: a listing"],
      Table: [table, "Of selected cells from a spreadsheet: these"],
      Footnote: [footnote],
    },
  };
};

// Buttons that are one stop for the Tab key; the arrows lead from one to the next.
const make_toolbar = (bar, label) => {
  "use strict";

  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", label);
  const buttons = [...bar.querySelectorAll("button")];
  const stop_at = (chosen) => {
    for (const one of buttons) one.tabIndex = one === chosen ? 0 : -1;
  };
  stop_at(buttons[0]);
  bar.addEventListener("focusin", (event) => stop_at(event.target));
  bar.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(event.target);
    const next = {
      ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    buttons[(next + buttons.length) % buttons.length].focus();
  });
};
