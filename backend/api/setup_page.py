"""The page of the one-time link that a new backend prints, in both languages of the console."""

SETUP_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Set up Taskdeck · 初始化 Taskdeck</title>
<style>
  body { font: 16px system-ui, sans-serif; max-width: 26rem; margin: 12vh auto; padding: 0 1rem; color: #1c2024;
    background: #fff; }
  h1 { font-size: 1.4rem; margin: 0 0 .5rem; }
  p { color: #60646c; margin: 0 0 .75rem; }
  label { display: block; margin: 1rem 0 .25rem; color: #60646c; }
  input { width: 100%; box-sizing: border-box; padding: .6rem; font: inherit; color: inherit;
    border: 1px solid #8b8d98; border-radius: 6px; }
  button { margin-top: 1.25rem; padding: .6rem 1.2rem; font: inherit; border: 0; border-radius: 6px;
    background: #2563eb; color: #fff; }
  button:disabled { background: #e1e4ea; color: #60646c; }
  input:focus-visible, button:focus-visible { outline: 2px solid #2563eb; outline-offset: 1px; }
  [role=status] { margin-top: 1rem; }
  [role=status].bad { color: #cd2b31; }
  [role=status].good { color: #18794e; }
</style>
<h1>Set up Taskdeck</h1>
<p>Choose the first administrator's name and a password of at least ten characters.</p>
<section lang="zh-CN">
  <h1>初始化 Taskdeck</h1>
  <p>请为首位管理员设置用户名和密码，密码至少十个字符。</p>
</section>
<form>
  <label for="username">User name · <span lang="zh-CN">用户名</span></label>
  <input id="username" value="admin" autocomplete="username" required>
  <label for="password">Password · <span lang="zh-CN">密码</span></label>
  <input id="password" type="password" minlength="10" autocomplete="new-password" required autofocus>
  <button>Create administrator · <span lang="zh-CN">创建管理员</span></button>
</form>
<p id="result" role="status"></p>
<p id="translated" role="status" lang="zh-CN"></p>
<script>
  const shown = [document.getElementById("result"), document.getElementById("translated")];
  const say = (english, chinese, kind) => [english, chinese].forEach((words, place) => {
    shown[place].textContent = words;
    shown[place].className = kind;
  });
  const button = document.querySelector("button");
  document.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      const answer = await fetch("/api/auth/setup", {
        method: "POST", headers: {"Content-Type": "application/json"},
        body: JSON.stringify({
          setup_token: new URLSearchParams(location.search).get("token") || "",
          username: document.getElementById("username").value,
          password: document.getElementById("password").value}),
      });
      if (answer.ok) {
        const command = "taskdeck login " + location.origin;
        say("Done. Sign in from the console, or with: " + command,
            "已完成。请在控制台中登录，或使用：" + command, "good");
        return;
      }
      const body = await answer.json();
      say(body.detail, answer.status === 422 ? "请检查用户名和密码。"
        : "未能创建管理员：此链接可能已过期或已被使用，或者管理员已经存在。", "bad");
    } catch {
      say("The backend does not answer. Try again.", "后端没有响应，请重试。", "bad");
    }
    button.disabled = false;
  });
</script>
</html>
"""
