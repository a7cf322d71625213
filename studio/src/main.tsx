import { render } from "preact";
import { App } from "./app.tsx";
import { wordsAreHere } from "./i18n/index.ts";
import "./styles/base.css";
import "./styles/editor.css";
import "./styles/layers.css";
import "./styles/properties.css";
import "./styles/start.css";
import "./styles/templates.css";

const root = document.getElementById("app");
await wordsAreHere();
if (root !== null) render(<App />, root);
