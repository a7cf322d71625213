import { render } from "preact";
import { App } from "./app.tsx";
import "./styles/base.css";
import "./styles/editor.css";
import "./styles/layers.css";
import "./styles/start.css";

const root = document.getElementById("app");
if (root !== null) render(<App />, root);
