export function App() {
  return <main class="start"><h1>Lamina</h1></main>;
}
