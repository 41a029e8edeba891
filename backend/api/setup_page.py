"""The page of the one-time link that a new backend prints."""

SETUP_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Set up Taskdeck</title>
<style>
  body { font: 15px system-ui, sans-serif; max-width: 24rem; margin: 15vh auto; color: #1c2024; }
  label { display: block; margin: 12px 0 4px; color: #60646c; }
  input { width: 100%; box-sizing: border-box; padding: 8px; border: 1px solid #e1e4ea; border-radius: 6px; }
  button { margin-top: 16px; padding: 8px 16px; border: 0; border-radius: 6px; background: #2563eb; color: #fff; }
</style>
<h1>Set up Taskdeck</h1>
<p>Choose the first administrator's name and a password of at least ten characters.</p>
<form>
  <label for="username">Name</label><input id="username" value="admin" autocomplete="username" required>
  <label for="password">Password</label>
  <input id="password" type="password" minlength="10" autocomplete="new-password" required>
  <button>Create administrator</button>
</form>
<p id="result" role="status"></p>
<script>
  const result = document.getElementById("result");
  document.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await fetch("/api/auth/setup", {
      method: "POST", headers: {"Content-Type": "application/json"},
      body: JSON.stringify({
        setup_token: new URLSearchParams(location.search).get("token") || "",
        username: document.getElementById("username").value,
        password: document.getElementById("password").value}),
    });
    const body = await answer.json();
    result.textContent = answer.ok
      ? "Done. Sign in from the console, or with: taskdeck login " + location.origin
      : body.detail;
  });
</script>
</html>
"""
