// Pictures that do not come from the camera in the page: file inputs (the phone's camera app or its gallery), paste,
// drag and drop. Calls `take(file)` with the first picture.
export function onFileChosen(inputs, stage, take) {
  const takeFirst = (files) => {
    const picture = [...(files ?? [])].find((file) => file.type.startsWith("image/")) ?? files?.[0];
    if (picture) take(picture);
  };
  for (const input of inputs) {
    input.addEventListener("change", () => {
      takeFirst(input.files);
      input.value = ""; // so that the same file can be chosen again
    });
  }
  document.addEventListener("paste", (event) => takeFirst(event.clipboardData?.files));
  for (const type of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(type, (event) => {
      event.preventDefault();
      stage.classList.toggle("over", type === "dragover");
      if (type === "drop") takeFirst(event.dataTransfer?.files);
    });
  }
}
