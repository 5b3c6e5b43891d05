// Runs before the first paint: marks that scripts work, and follows the system's dark mode when
// the reader has not chosen. A classic script on purpose; a module would run too late and flash.
(function () {
  var root = document.documentElement;
  root.classList.add("js");
  if (!root.dataset.theme && window.matchMedia && matchMedia("(prefers-color-scheme: dark)").matches) {
    root.dataset.theme = "dark";
  }
})();
