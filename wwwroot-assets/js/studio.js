// What the mapping's studio can do only in the browser: to know the caret and the keys in a source, to show which value
// of the record a rule reads before a round trip could, and to put the path of a clicked value where the caret was.
const sourceOf = (element) => (element instanceof HTMLElement && element.matches("input, textarea") ? element.closest("[data-origin]") : null);

export function attach(root, page) {
  const leaving = new AbortController();
  const listen = (type, handle, capture = false) => root.addEventListener(type, handle, { signal: leaving.signal, capture });
  const list = completion(root, page);
  let target = null;

  // ---- which values a rule reads, and which rules read a value

  const reads = (line, path) => {
    const place = path.includes("[") ? line.dataset.path : line.dataset.place;
    const whole = path.endsWith("*") ? path.slice(0, -1).replace(/\.$/, "") : path;
    return whole === "" || place === whole || place.startsWith(whole + ".") || place.startsWith(whole + "[");
  };

  const mark = (row, line) => {
    const paths = row?.dataset.reads ? row.dataset.reads.split("\n") : [];
    let first = null;
    for (const each of root.querySelectorAll(".record-line[data-path]")) {
      const isRead = paths.some((path) => reads(each, path));
      each.classList.toggle("is-read", isRead);
      first ??= isRead ? each : null;
    }

    for (const each of root.querySelectorAll("[data-reads]")) {
      each.classList.toggle("reads-it", line !== null && each.dataset.reads !== "" && each.dataset.reads.split("\n").some((path) => reads(line, path)));
    }

    const pane = first?.closest(".record-lines");
    if (pane && (first.offsetTop < pane.scrollTop || first.offsetTop > pane.scrollTop + pane.clientHeight - 24)) {
      pane.scrollTop = first.offsetTop - pane.clientHeight / 3;
    }
  };

  let hovered = null;
  let hoveredLine = null;
  const focusedRow = () => document.activeElement?.closest?.("[data-reads]") ?? null;
  const remark = () => mark(hovered?.isConnected ? hovered : focusedRow(), hoveredLine?.isConnected ? hoveredLine : null);


  // Who types looks at what they type in, whatever comes to lie under a pointer that rests.
  let isPointing = false;
  const point = (event) => {
    const row = event.target.closest("[data-reads]");
    const line = event.target.closest(".record-line[data-path]");
    if (row !== hovered || line !== hoveredLine) {
      [hovered, hoveredLine] = [row, line];
      remark();
    }
  };
  listen("mousemove", (event) => {
    if (!isPointing && (event.movementX !== 0 || event.movementY !== 0)) {
      isPointing = true;
      point(event);
    }
  });
  listen("mouseover", (event) => { if (isPointing) { point(event); } });
  listen("keydown", () => {
    if (isPointing) {
      [isPointing, hovered, hoveredLine] = [false, null, null];
      remark();
    }
  }, true);
  listen("mouseleave", () => { [hovered, hoveredLine] = [null, null]; remark(); });

  let scheduled = false;
  const changed = new MutationObserver(() => {
    if (!scheduled) {
      scheduled = true;
      requestAnimationFrame(() => { scheduled = false; remark(); });
    }
  });
  changed.observe(root, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-reads", "data-path"] });

  // ---- a clicked value goes where the caret was

  const say = () => {
    const hint = root.querySelector("[data-hint]");
    if (hint) {
      hint.textContent = target ? `Choose a value to read it in: ${target.getAttribute("aria-label") ?? target.labels?.[0]?.textContent.trim() ?? "this source"}.` : "Choose a value to add a field from it.";
    }
  };

  const insert = (path) => {
    const [from, to] = [target.selectionStart, target.selectionEnd];
    const text = target.value;
    const origin = sourceOf(target).dataset.origin;
    const open = text.lastIndexOf("{", from - 1);
    const inBraces = open >= 0 && text.indexOf("}", open) < 0;
    const written = origin === "Template" && !inBraces ? `{${path}}` : path;
    write(target, origin === "Path" ? path : text.slice(0, from) + written + text.slice(to), origin === "Path" ? path.length : from + written.length);
    target.focus();
  };

  // One element serves every origin, so that it keeps the caret when the origin changes. Only an expression has several lines.
  const isOneLine = (element) => element.matches?.("textarea.one-line");
  listen("keydown", (event) => {
    if (event.key === "Enter" && isOneLine(event.target)) {
      event.preventDefault();
    }
  });
  listen("beforeinput", (event) => {
    if (event.data?.includes("\n") && isOneLine(event.target)) {
      event.preventDefault();
      const [from, to] = [event.target.selectionStart, event.target.selectionEnd];
      const put = event.data.replace(/\s*\n\s*/g, " ").trim();
      write(event.target, event.target.value.slice(0, from) + put + event.target.value.slice(to), from + put.length);
    }
  });

  listen("focusin", (event) => {
    if (sourceOf(event.target) && sourceOf(event.target).dataset.origin !== "Constant") {
      target = event.target;
    } else if (!event.target.closest(".record-pane")) {
      target = null;
    }

    say();
    remark();
  });
  listen("focusout", (event) => {
    if (!root.contains(event.relatedTarget)) {
      list.close();
      target = null;
      say();
    }

    remark();
  });
  listen("mousedown", (event) => {
    // The caret stays where it is while a value is chosen.
    if (event.target.closest("[data-insert], [data-add]")) {
      event.preventDefault();
    } else if (target && !event.target.closest(".record-pane, .completion") && event.target !== target) {
      target = null;
      say();
    }
  });
  listen("click", (event) => {
    const value = event.target.closest("[data-insert], [data-add]");
    if (!value) {
      return;
    }

    if (value.dataset.insert !== undefined && target?.isConnected && !target.disabled) {
      insert(value.dataset.insert);
    } else {
      page.invokeMethodAsync("AddFieldFromAsync", value.dataset.insert ?? value.dataset.add);
    }
  });

  // In the record, arrow keys go from value to value: a hundred values are not a hundred stops of the tab key.
  listen("keydown", (event) => {
    const at = event.target.closest?.(".record-lines [data-insert], .record-lines [data-add]");
    if (!at || !["ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft"].includes(event.key)) {
      return;
    }

    event.preventDefault();
    const line = at.closest(".record-line");
    const all = [...root.querySelectorAll(".record-lines [data-insert]")];
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const next = step !== 0 ? all[all.indexOf(line.querySelector("[data-insert]")) + step]
      : line.querySelector(event.key === "ArrowRight" ? "[data-add]" : "[data-insert]");
    next?.focus();
  });

  say();
  return {
    detach: () => { leaving.abort(); changed.disconnect(); list.remove(); },
    goTo: (id, number) => {
      const area = document.getElementById(id);
      const lines = area.value.split("\n");
      const start = lines.slice(0, number - 1).reduce((sum, line) => sum + line.length + 1, 0);
      area.focus();
      area.setSelectionRange(start, start + (lines[number - 1] ?? "").length);
      area.scrollTop = Math.max(0, (number - 4) * (area.scrollHeight / lines.length));
    },
  };
}

// The page hears of it as of a keystroke.
const write = (input, text, caret) => {
  input.value = text;
  input.setSelectionRange(caret, caret);
  input.dispatchEvent(new Event("input", { bubbles: true }));
};

// A list of what can be written at the caret, with a word on what is marked in it.
function completion(root, page) {
  const make = (kind, style, parent) => parent.appendChild(Object.assign(document.createElement(kind), { className: style }));
  const box = make("div", "completion", root);
  box.hidden = true;
  const options = make("ul", "completion-list", box);
  options.id = "completion-list";
  options.setAttribute("role", "listbox");
  options.setAttribute("aria-label", "What can be written here");
  const note = make("div", "completion-note", box);
  let input = null;
  let offer = null;
  let active = 0;
  let asking = 0;
  let isWriting = false;

  // Something was typed since the caret came here.
  let isTyped = false;

  // The offer is for what stood there before the last keystroke; who takes of it then, takes of the answer that is on its way.
  let isStale = false;
  let isWanted = false;

  const announce = () => {
    if (input.matches("input")) {
      input.setAttribute("aria-expanded", offer ? "true" : "false");
    }

    if (offer) {
      input.setAttribute("aria-activedescendant", `completion-${active}`);
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  };

  const close = () => {
    asking++;
    [isStale, isWanted] = [false, false];
    if (offer) {
      offer = null;
      box.hidden = true;
      announce();
    }
  };

  const choose = (index) => {
    active = (index + offer.options.length) % offer.options.length;
    [...options.children].forEach((each, at) => each.setAttribute("aria-selected", at === active ? "true" : "false"));
    options.children[active].scrollIntoView({ block: "nearest" });
    const option = offer.options[active];
    note.replaceChildren();
    note.hidden = !option.does;
    if (option.does) {
      make("code", "", note).textContent = option.kind === "function" ? option.detail : option.text;
      make("p", "", note).textContent = option.does;
      if (option.example) {
        make("p", "muted", note).textContent = "For example";
        make("code", "", note).textContent = option.example;
        make("p", "muted", note).textContent = "gives";
        make("code", "", note).textContent = option.gives === "undefined" ? "nothing" : option.gives;
      }
    }

    announce();
  };

  const place = () => {
    const around = input.getBoundingClientRect();
    const width = Math.min(640, window.innerWidth - 16);
    box.style.width = `${width}px`;
    box.style.left = `${Math.max(8, Math.min(around.left, window.innerWidth - width - 8))}px`;
    const below = window.innerHeight - around.bottom;
    const isAbove = below < 240 && around.top > below;
    box.style.top = isAbove ? "" : `${around.bottom + 2}px`;
    box.style.bottom = isAbove ? `${window.innerHeight - around.top + 2}px` : "";
  };

  const show = (found) => {
    offer = found;
    options.replaceChildren();
    found.options.forEach((option, index) => {
      const item = make("li", "", options);
      item.id = `completion-${index}`;
      item.setAttribute("role", "option");
      make("span", `completion-${option.kind}`, item).textContent = option.text;
      make("span", "muted", item).textContent = option.kind === "function" ? option.does.split(".")[0] : option.detail;
    });
    box.hidden = false;
    place();
    choose(firstOf(found, input.value));
  };

  // The one that is written already, else the best.
  const firstOf = (found, text) => Math.max(0, found.options.findIndex((option) => option.text === text.slice(found.from, found.to)));

  // What was typed at the caret since then; null where something else was done to the text.
  const typedSince = (text, caret) => {
    const rest = text.slice(caret);
    return input.value.length >= text.length && input.value.startsWith(text.slice(0, caret)) && input.value.endsWith(rest)
      ? input.value.slice(caret, input.value.length - rest.length) : null;
  };

  const ask = async (asked) => {
    const number = ++asking;
    const [text, caret] = [input.value, input.selectionStart];
    const found = await page.invokeMethodAsync("Complete", sourceOf(input).dataset.origin, text, caret, asked);
    if (number !== asking || document.activeElement !== input || (input.value !== text && !isWanted)) {
      return;
    }

    const typed = isWanted ? typedSince(text, caret) : null;
    [isStale, isWanted] = [false, false];
    if (typed !== null && found.options.length > 0) {
      put(found, found.options[firstOf(found, text)], text, typed);
      return;
    }

    if (input.value !== text) {
      ask(false);
      return;
    }

    // What is written in full needs no list that lies over what comes next.
    const isWhole = found.options.length === 1 && found.options[0].kind !== "function" && found.options[0].text === text.slice(found.from, found.to);
    if (found.options.length > 0 && (asked || !isWhole)) {
      show(found);
    } else {
      close();
    }
  };

  const put = (found, option, text, typed) => {
    const { from, to } = found;
    const written = option.kind === "function" && (typed || text.slice(to))[0] !== "(" ? `${option.text}(` : option.text;
    close();
    isWriting = true;
    write(input, text.slice(0, from) + written + typed + text.slice(to), from + written.length + typed.length);
    isWriting = false;
    input.focus();
    if (typed) {
      ask(false);
    }
  };

  const accept = (index) => put(offer, offer.options[index], input.value, "");

  const leaving = new AbortController();
  const listen = (type, handle, capture = false) => root.addEventListener(type, handle, { signal: leaving.signal, capture });

  listen("focusin", (event) => {
    const source = sourceOf(event.target);
    isTyped = false;
    if (source && source.dataset.origin !== "Constant") {
      input = event.target;
      input.setAttribute("aria-autocomplete", "list");
      input.setAttribute("aria-controls", options.id);
      if (input.matches("input")) {
        input.setAttribute("role", "combobox");
        input.setAttribute("aria-expanded", "false");
      }
    }
  });
  listen("input", (event) => {
    if (event.target === input && !isWriting && sourceOf(input)) {
      [isTyped, isStale] = [true, offer !== null];

      // Who took of the answer that is on its way goes on typing behind what they took.
      if (!isWanted) {
        ask(false);
      }
    }
  });

  // Who chose another origin and typed before the page was drawn again was offered what belongs to the one before.
  const redrawn = new MutationObserver((changes) => {
    if (isTyped && !isWanted && document.activeElement === input && changes.some((change) => change.target.contains(input))) {
      ask(false);
    }
  });
  redrawn.observe(root, { subtree: true, attributeFilter: ["data-origin"] });

  listen("focusout", (event) => { if (event.target === input) { close(); } });
  listen("keydown", (event) => {
    if (event.target !== input || event.isComposing) {
      return;
    }

    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      ask(true);
    } else if (offer && event.key === "ArrowDown") {
      event.preventDefault();
      choose(active + 1);
    } else if (offer && event.key === "ArrowUp") {
      event.preventDefault();
      choose(active - 1);
    } else if (offer && (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey))) {
      event.preventDefault();
      if (isStale) {
        isWanted = true;
      } else {
        accept(active);
      }
    } else if (offer && event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (offer && ["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) {
      close();
    }
  }, true);
  box.addEventListener("mousedown", (event) => event.preventDefault());
  options.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (item && offer) {
      accept([...options.children].indexOf(item));
    }
  });

  // It stays at its source while that can be seen. The record scrolls by itself to what is read, which is no reason to go.
  window.addEventListener("scroll", (event) => {
    if (offer && event.target.contains(input)) {
      const { top, bottom } = input.getBoundingClientRect();
      (bottom > 0 && top < window.innerHeight ? place : close)();
    }
  }, { signal: leaving.signal, capture: true });

  return { close: () => { if (input) { close(); } }, remove: () => { leaving.abort(); redrawn.disconnect(); box.remove(); } };
}
