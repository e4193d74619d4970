export default function About() {
  return (
    <main>
      <title>About</title>
      <h1>About</h1>
      <p>This page shows messages too: they wait for whichever page comes first.</p>
    </main>
  );
}
