<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
  <context>
    <name>taskdeck</name>
    <message>
      <source> (of this run)</source>
      <translation>(本次运行指定)</translation>
    </message>
    <message>
      <source> min</source>
      <translation> 分钟</translation>
    </message>
    <message>
      <source>%1  does not answer</source>
      <translation>%1  没有响应</translation>
    </message>
    <message>
      <source>%1 % of the time</source>
      <translation>时长为 %1 %</translation>
    </message>
    <message>
      <source>%1 %2?</source>
      <translation>%1 %2？</translation>
    </message>
    <message>
      <source>%1 (not set)</source>
      <translation>%1(未设置)</translation>
    </message>
    <message>
      <source>%1 (whole period)</source>
      <translation>%1（整个周期）</translation>
    </message>
    <message>
      <source>%1 ago</source>
      <translation>%1前</translation>
    </message>
    <message>
      <source>%1 attempts</source>
      <translation>%1 次尝试</translation>
    </message>
    <message>
      <source>%1 changes</source>
      <translation>%1 处变化</translation>
    </message>
    <message>
      <source>%1 d</source>
      <translation>%1 天</translation>
    </message>
    <message>
      <source>%1 did not start on time</source>
      <translation>%1 未按时启动</translation>
    </message>
    <message>
      <source>%1 draining</source>
      <translation>%1 排空中</translation>
    </message>
    <message>
      <source>%1 due</source>
      <translation>%1 个到期</translation>
    </message>
    <message>
      <source>%1 due at %2, %3 slots</source>
      <translation>%2 有 %1 个到期，槽位 %3 个</translation>
    </message>
    <message>
      <source>%1 events</source>
      <translation>%1 个事件</translation>
    </message>
    <message>
      <source>%1 failed</source>
      <translation>%1 失败</translation>
    </message>
    <message>
      <source>%1 h</source>
      <translation>%1 小时</translation>
    </message>
    <message>
      <source>%1 in the last hour</source>
      <translation>最近一小时 %1 次</translation>
    </message>
    <message>
      <source>%1 is no longer paused</source>
      <translation>%1 不再暂停</translation>
    </message>
    <message>
      <source>%1 is not a link to a backend that is saved here.</source>
      <translation>%1 不是指向已保存后端的链接。</translation>
    </message>
    <message>
      <source>%1 is not an address: %2</source>
      <translation>%1 不是有效地址：%2</translation>
    </message>
    <message>
      <source>%1 lines</source>
      <translation>%1 行</translation>
    </message>
    <message>
      <source>%1 lost</source>
      <translation>%1 失联</translation>
    </message>
    <message>
      <source>%1 messages could not be read or recorded, and are kept apart; all others went on.</source>
      <translation>有 %1 条消息无法读取或记录，已单独保存；其余消息不受影响。</translation>
    </message>
    <message>
      <source>%1 min</source>
      <translation>%1 分钟</translation>
    </message>
    <message>
      <source>%1 ms</source>
      <translation>%1 毫秒</translation>
    </message>
    <message>
      <source>%1 new</source>
      <translation>%1 条新记录</translation>
    </message>
    <message>
      <source>%1 no longer runs longer than expected</source>
      <translation>%1 的运行时间不再超出预期</translation>
    </message>
    <message>
      <source>%1 of %2</source>
      <translation>第 %1 个，共 %2 个</translation>
    </message>
    <message>
      <source>%1 of %2 events</source>
      <translation>%2 个事件中的 %1 个</translation>
    </message>
    <message>
      <source>%1 of %2 runs</source>
      <translation>%1 / %2 次运行</translation>
    </message>
    <message>
      <source>%1 of %2 slots in use</source>
      <translation>%2 个槽位已用 %1</translation>
    </message>
    <message>
      <source>%1 of %2 tasks failed. The first, %3: %4</source>
      <translation>%2 个任务中有 %1 个失败。首个是 %3：%4</translation>
    </message>
    <message>
      <source>%1 of %2 tasks were created.</source>
      <translation>已创建 %2 个任务中的 %1 个。</translation>
    </message>
    <message>
      <source>%1 of %2 tasks; focus one to see others</source>
      <translation>%2 个任务中的 %1 个；聚焦某个任务可查看其余</translation>
    </message>
    <message>
      <source>%1 online</source>
      <translation>%1 在线</translation>
    </message>
    <message>
      <source>%1 online, %2 of %3 slots in use</source>
      <translation>%1 个在线，%3 个槽位已用 %2</translation>
    </message>
    <message>
      <source>%1 people</source>
      <translation>%1 个用户</translation>
    </message>
    <message>
      <source>%1 recovered</source>
      <translation>%1 已恢复正常</translation>
    </message>
    <message>
      <source>%1 running</source>
      <translation>%1 个运行中</translation>
    </message>
    <message>
      <source>%1 running · %2 waiting · %3 failed in the last hour</source>
      <translation>%1 运行中 · %2 等待中 · 最近一小时 %3 失败</translation>
    </message>
    <message>
      <source>%1 runs</source>
      <translation>%1 次运行</translation>
    </message>
    <message>
      <source>%1 runs longer than expected</source>
      <translation>%1 的运行时间超出预期</translation>
    </message>
    <message>
      <source>%1 s</source>
      <translation>%1 秒</translation>
    </message>
    <message>
      <source>%1 selected</source>
      <translation>已选 %1 项</translation>
    </message>
    <message>
      <source>%1 starts on time again</source>
      <translation>%1 已恢复按时启动</translation>
    </message>
    <message>
      <source>%1 tasks</source>
      <translation>%1 个任务</translation>
    </message>
    <message>
      <source>%1 tasks are not counted</source>
      <translation>%1 个任务未计入</translation>
    </message>
    <message>
      <source>%1 tasks, %2 edges</source>
      <translation>%1 个任务，%2 条依赖</translation>
    </message>
    <message>
      <source>%1 times as long</source>
      <translation>时长为 %1 倍</translation>
    </message>
    <message>
      <source>%1 to %2</source>
      <translation>%1 至 %2</translation>
    </message>
    <message>
      <source>%1 waiting</source>
      <translation>%1 个等待中</translation>
    </message>
    <message>
      <source>%1 was paused</source>
      <translation>%1 已暂停</translation>
    </message>
    <message>
      <source>%1 without a run</source>
      <translation>%1 个没有运行</translation>
    </message>
    <message>
      <source>%1 · offline</source>
      <translation>%1 · 离线</translation>
    </message>
    <message>
      <source>%1 · sign in</source>
      <translation>%1 · 请登录</translation>
    </message>
    <message>
      <source>%1/s</source>
      <translation>%1/秒</translation>
    </message>
    <message>
      <source>%1: %2</source>
      <translation>%1：%2</translation>
    </message>
    <message>
      <source>%1: %2 of %3 slots</source>
      <translation>%1:%3 个槽位已用 %2</translation>
    </message>
    <message>
      <source>%1: a test message is on its way …</source>
      <translation>%1：测试消息正在发送…</translation>
    </message>
    <message>
      <source>%1: at most %2 waited, %3 succeeded, %4 failed.</source>
      <translation>%1：最多 %2 个在等待，%3 个成功，%4 个失败。</translation>
    </message>
    <message>
      <source>%1: delivered</source>
      <translation>%1：已送达</translation>
    </message>
    <message>
      <source>%1: not delivered: %2</source>
      <translation>%1：未送达：%2</translation>
    </message>
    <message>
      <source>%1: nothing was recorded.</source>
      <translation>%1:没有记录。</translation>
    </message>
    <message>
      <source>(changed)</source>
      <translation>(有改动)</translation>
    </message>
    <message>
      <source>, </source>
      <translation>，</translation>
    </message>
    <message>
      <source>1 event</source>
      <translation>1 个事件</translation>
    </message>
    <message>
      <source>1 h</source>
      <translation>1 小时</translation>
    </message>
    <message>
      <source>1 line</source>
      <translation>1 行</translation>
    </message>
    <message>
      <source>1 message could not be read or recorded, and is kept apart; all others went on.</source>
      <translation>有 1 条消息无法读取或记录，已单独保存；其余消息不受影响。</translation>
    </message>
    <message>
      <source>1 run</source>
      <translation>1 次运行</translation>
    </message>
    <message>
      <source>1 task</source>
      <translation>1 个任务</translation>
    </message>
    <message>
      <source>24 h</source>
      <translation>24 小时</translation>
    </message>
    <message>
      <source>30 d</source>
      <translation>30 天</translation>
    </message>
    <message>
      <source>30 days</source>
      <translation>30 天</translation>
    </message>
    <message>
      <source>5 min</source>
      <translation>5 分钟</translation>
    </message>
    <message>
      <source>6 h</source>
      <translation>6 小时</translation>
    </message>
    <message>
      <source>7 d</source>
      <translation>7 天</translation>
    </message>
    <message>
      <source>90 days</source>
      <translation>90 天</translation>
    </message>
    <message>
      <source>A backend runs at %1.</source>
      <translation>后端正在 %1 运行。</translation>
    </message>
    <message>
      <source>A backfill runs a task for past times: choose it in the menu of a task.</source>
      <translation>补跑会为过去的时间运行任务：请在任务的菜单中选择。</translation>
    </message>
    <message>
      <source>A calendar names days off, such as public holidays; tasks skip them or move.</source>
      <translation>日历列出休息日，例如法定节假日；任务会跳过或顺延。</translation>
    </message>
    <message>
      <source>A channel is where alerts go: a chat's webhook, e-mail, or this console.</source>
      <translation>通道是告警的去处：聊天的 webhook、电子邮件或本控制台。</translation>
    </message>
    <message>
      <source>A command, and when it runs</source>
      <translation>一条命令及其运行时间</translation>
    </message>
    <message>
      <source>A concurrency group is a limit that many tasks share, such as database-heavy: 2.</source>
      <translation>并发组是多个任务共用的上限，例如 database-heavy: 2。</translation>
    </message>
    <message>
      <source>A rule says which failures are told to which channels.</source>
      <translation>规则说明哪些失败发送到哪些通道。</translation>
    </message>
    <message>
      <source>A run goes</source>
      <translation>运行方式</translation>
    </message>
    <message>
      <source>A service of your user can run it, from your sign-in on, whether the console is open or not.</source>
      <translation>可安装用户服务：从登录起运行后端，无论控制台是否打开。</translation>
    </message>
    <message>
      <source>A service of your user runs it, from your sign-in on.</source>
      <translation>用户服务从登录起运行后端。</translation>
    </message>
    <message>
      <source>A silence holds alerts back for a while, such as during maintenance.</source>
      <translation>静默会暂时抑制告警，例如在维护期间。</translation>
    </message>
    <message>
      <source>A task, a run's number, a worker, or what to do</source>
      <translation>任务、运行编号、工作节点，或要做的事</translation>
    </message>
    <message>
      <source>A token lets a script do what you may do, without your password. You have none.</source>
      <translation>令牌让脚本无需密码即可执行您有权执行的操作。您还没有令牌。</translation>
    </message>
    <message>
      <source>API</source>
      <translation>API</translation>
    </message>
    <message>
      <source>About</source>
      <translation>对象</translation>
    </message>
    <message>
      <source>About Taskdeck</source>
      <translation>关于 Taskdeck</translation>
    </message>
    <message>
      <source>Active</source>
      <translation>启用</translation>
    </message>
    <message>
      <source>Add labels, name=value with commas between</source>
      <translation>添加标签，格式为 name=value，以逗号分隔</translation>
    </message>
    <message>
      <source>Add or change backends …</source>
      <translation>添加或修改后端…</translation>
    </message>
    <message>
      <source>Add …</source>
      <translation>添加 …</translation>
    </message>
    <message>
      <source>Address</source>
      <translation>地址</translation>
    </message>
    <message>
      <source>Address of the webhook</source>
      <translation>webhook 地址</translation>
    </message>
    <message>
      <source>Administrator</source>
      <translation>管理员</translation>
    </message>
    <message>
      <source>Administrator: also manages people and settings</source>
      <translation>管理员：还可管理用户和设置</translation>
    </message>
    <message>
      <source>Advanced</source>
      <translation>高级</translation>
    </message>
    <message>
      <source>After a timeout too</source>
      <translation>超时后也重试</translation>
    </message>
    <message>
      <source>Agenda</source>
      <translation>日程</translation>
    </message>
    <message>
      <source>Alert</source>
      <translation>告警</translation>
    </message>
    <message>
      <source>Alert channel</source>
      <translation>告警渠道</translation>
    </message>
    <message>
      <source>Alert channels</source>
      <translation>告警通道</translation>
    </message>
    <message>
      <source>Alert if it runs longer than, in seconds</source>
      <translation>运行超过多少秒时告警</translation>
    </message>
    <message>
      <source>Alert if not started after, in seconds</source>
      <translation>多少秒后仍未开始时告警</translation>
    </message>
    <message>
      <source>Alert rule</source>
      <translation>告警规则</translation>
    </message>
    <message>
      <source>Alert rules</source>
      <translation>告警规则</translation>
    </message>
    <message>
      <source>Alerts</source>
      <translation>告警</translation>
    </message>
    <message>
      <source>All</source>
      <translation>全部</translation>
    </message>
    <message>
      <source>All files</source>
      <translation>所有文件</translation>
    </message>
    <message>
      <source>All its runs</source>
      <translation>它的所有运行</translation>
    </message>
    <message>
      <source>All objects</source>
      <translation>所有对象</translation>
    </message>
    <message>
      <source>All tasks</source>
      <translation>全部任务</translation>
    </message>
    <message>
      <source>All tasks, runs and logs in one file; “taskdeck restore” brings them back.</source>
      <translation>所有任务、运行和日志存入一个文件；用“taskdeck restore”恢复。</translation>
    </message>
    <message>
      <source>All tries together, in seconds (empty: no limit)</source>
      <translation>所有尝试合计秒数（空：不限）</translation>
    </message>
    <message>
      <source>Amber</source>
      <translation>琥珀色</translation>
    </message>
    <message>
      <source>An occurrence was missed because no dispatcher was running, and the misfire policy skips it. Trigger the task to run it now.</source>
      <translation>由于没有调度器运行，错过了一次执行，错过策略会跳过它。如需立即运行，请手动触发该任务。</translation>
    </message>
    <message>
      <source>Another backend</source>
      <translation>其他后端</translation>
    </message>
    <message>
      <source>Another colour …</source>
      <translation>其他颜色…</translation>
    </message>
    <message>
      <source>Any time</source>
      <translation>任意时间</translation>
    </message>
    <message>
      <source>Appearance and language</source>
      <translation>外观与语言</translation>
    </message>
    <message>
      <source>Arguments</source>
      <translation>参数</translation>
    </message>
    <message>
      <source>As a distance from now</source>
      <translation>相对时间</translation>
    </message>
    <message>
      <source>As dates</source>
      <translation>日期</translation>
    </message>
    <message>
      <source>As long as cron runs the same lines, each would run twice.</source>
      <translation>只要 cron 仍在运行相同的行，每个任务就会运行两次。</translation>
    </message>
    <message>
      <source>As the system</source>
      <translation>跟随系统</translation>
    </message>
    <message>
      <source>Ask an administrator for the role that allows it.</source>
      <translation>请向管理员申请允许此操作的角色。</translation>
    </message>
    <message>
      <source>At once</source>
      <translation>同时</translation>
    </message>
    <message>
      <source>Attempts</source>
      <translation>历次尝试</translation>
    </message>
    <message>
      <source>Attempts over time</source>
      <translation>各次尝试的时间</translation>
    </message>
    <message>
      <source>Audit log</source>
      <translation>审计日志</translation>
    </message>
    <message>
      <source>Back to now</source>
      <translation>回到现在</translation>
    </message>
    <message>
      <source>Back up</source>
      <translation>备份</translation>
    </message>
    <message>
      <source>Back up …</source>
      <translation>备份…</translation>
    </message>
    <message>
      <source>Backend in use</source>
      <translation>当前后端</translation>
    </message>
    <message>
      <source>Backend of this machine</source>
      <translation>本机后端</translation>
    </message>
    <message>
      <source>Backends</source>
      <translation>后端</translation>
    </message>
    <message>
      <source>Backfill</source>
      <translation>补跑</translation>
    </message>
    <message>
      <source>Backfills</source>
      <translation>补跑</translation>
    </message>
    <message>
      <source>Backup</source>
      <translation>备份</translation>
    </message>
    <message>
      <source>Began</source>
      <translation>开始于</translation>
    </message>
    <message>
      <source>Begin with any of these, or just look around.</source>
      <translation>从任意一项开始，或随便看看。</translation>
    </message>
    <message>
      <source>Between …</source>
      <translation>介于…</translation>
    </message>
    <message>
      <source>Blackouts, one a line (0 22 * * 5 for 2h, or 2026-12-24T00:00Z - 2026-12-27T00:00Z)</source>
      <translation>停运时段，每行一个（0 22 * * 5 for 2h，或 2026-12-24T00:00Z - 2026-12-27T00:00Z）</translation>
    </message>
    <message>
      <source>Blocked</source>
      <translation>已阻塞</translation>
    </message>
    <message>
      <source>Blue</source>
      <translation>蓝色</translation>
    </message>
    <message>
      <source>Both wrote the same.</source>
      <translation>两次的输出相同。</translation>
    </message>
    <message>
      <source>By</source>
      <translation>触发方式</translation>
    </message>
    <message>
      <source>By hand</source>
      <translation>手动</translation>
    </message>
    <message>
      <source>By the task as it was then, not as it is now</source>
      <translation>使用当时的任务定义，而不是现在的</translation>
    </message>
    <message>
      <source>CPU</source>
      <translation>CPU</translation>
    </message>
    <message>
      <source>CPU %1 %, memory %2 MiB</source>
      <translation>CPU %1 %，内存 %2 MiB</translation>
    </message>
    <message>
      <source>CPU time %1, memory at most %2 MiB</source>
      <translation>CPU 时间 %1，内存最多 %2 MiB</translation>
    </message>
    <message>
      <source>CPU, % of a core</source>
      <translation>CPU（单核百分比）</translation>
    </message>
    <message>
      <source>CPU, most %1 %</source>
      <translation>CPU，最高 %1 %</translation>
    </message>
    <message>
      <source>Calendar</source>
      <translation>日历</translation>
    </message>
    <message>
      <source>Calendars</source>
      <translation>日历</translation>
    </message>
    <message>
      <source>Cancel</source>
      <translation>取消</translation>
    </message>
    <message>
      <source>Cancel %1?</source>
      <translation>取消 %1？</translation>
    </message>
    <message>
      <source>Cancel it</source>
      <translation>取消运行</translation>
    </message>
    <message>
      <source>Cancel the run</source>
      <translation>取消运行</translation>
    </message>
    <message>
      <source>Cancel the runs</source>
      <translation>取消这些运行</translation>
    </message>
    <message>
      <source>Cancelled</source>
      <translation>已取消</translation>
    </message>
    <message>
      <source>Certificate authority</source>
      <translation>证书颁发机构</translation>
    </message>
    <message>
      <source>Certificates</source>
      <translation>证书</translation>
    </message>
    <message>
      <source>Change between light and dark</source>
      <translation>切换浅色与深色</translation>
    </message>
    <message>
      <source>Change labels</source>
      <translation>修改标签</translation>
    </message>
    <message>
      <source>Change the role …</source>
      <translation>更改角色…</translation>
    </message>
    <message>
      <source>Changed</source>
      <translation>修改时间</translation>
    </message>
    <message>
      <source>Channels</source>
      <translation>通道</translation>
    </message>
    <message>
      <source>Check PostgreSQL; the backend goes on when it is back.</source>
      <translation>请检查 PostgreSQL；恢复后后端会继续运行。</translation>
    </message>
    <message>
      <source>Check RabbitMQ; the backend goes on when it is back.</source>
      <translation>请检查 RabbitMQ；恢复后后端会继续运行。</translation>
    </message>
    <message>
      <source>Choose another backend</source>
      <translation>选择其他后端</translation>
    </message>
    <message>
      <source>Choose …</source>
      <translation>选择…</translation>
    </message>
    <message>
      <source>Close</source>
      <translation>关闭</translation>
    </message>
    <message>
      <source>Close (Esc)</source>
      <translation>关闭（Esc）</translation>
    </message>
    <message>
      <source>Closing the window</source>
      <translation>关闭窗口时</translation>
    </message>
    <message>
      <source>Colour</source>
      <translation>颜色</translation>
    </message>
    <message>
      <source>Columns</source>
      <translation>列</translation>
    </message>
    <message>
      <source>Columns as usual</source>
      <translation>恢复默认列</translation>
    </message>
    <message>
      <source>Command</source>
      <translation>命令</translation>
    </message>
    <message>
      <source>Compare with the last success</source>
      <translation>与上次成功比较</translation>
    </message>
    <message>
      <source>Compare …</source>
      <translation>比较…</translation>
    </message>
    <message>
      <source>Concurrency group</source>
      <translation>并发组</translation>
    </message>
    <message>
      <source>Concurrency groups</source>
      <translation>并发组</translation>
    </message>
    <message>
      <source>Connecting …</source>
      <translation>正在连接…</translation>
    </message>
    <message>
      <source>Console</source>
      <translation>控制台</translation>
    </message>
    <message>
      <source>Content</source>
      <translation>内容</translation>
    </message>
    <message>
      <source>Copied</source>
      <translation>已复制</translation>
    </message>
    <message>
      <source>Copied: %1</source>
      <translation>已复制：%1</translation>
    </message>
    <message>
      <source>Copy</source>
      <translation>复制</translation>
    </message>
    <message>
      <source>Copy a link to what is selected</source>
      <translation>复制所选对象的链接</translation>
    </message>
    <message>
      <source>Copy details</source>
      <translation>复制详情</translation>
    </message>
    <message>
      <source>Copy the details and report them; what you see may be out of date.</source>
      <translation>请复制详情并报告；当前显示的内容可能已过时。</translation>
    </message>
    <message>
      <source>Copy the rows</source>
      <translation>复制所选行</translation>
    </message>
    <message>
      <source>Create %1 tasks</source>
      <translation>创建 %1 个任务</translation>
    </message>
    <message>
      <source>Create 1 task</source>
      <translation>创建 1 个任务</translation>
    </message>
    <message>
      <source>Create a task</source>
      <translation>创建任务</translation>
    </message>
    <message>
      <source>Create task</source>
      <translation>创建任务</translation>
    </message>
    <message>
      <source>Create the first task</source>
      <translation>创建第一个任务</translation>
    </message>
    <message>
      <source>Created</source>
      <translation>创建于</translation>
    </message>
    <message>
      <source>Created.</source>
      <translation>已创建。</translation>
    </message>
    <message>
      <source>Critical</source>
      <translation>紧急</translation>
    </message>
    <message>
      <source>Cron, or: every 90s · after 10m · at 2026-12-24T18:00</source>
      <translation>Cron，或：every 90s · after 10m · at 2026-12-24T18:00</translation>
    </message>
    <message>
      <source>Crontab</source>
      <translation>Crontab</translation>
    </message>
    <message>
      <source>Dark</source>
      <translation>深色</translation>
    </message>
    <message>
      <source>Data directory</source>
      <translation>数据目录</translation>
    </message>
    <message>
      <source>Database</source>
      <translation>数据库</translation>
    </message>
    <message>
      <source>Dates</source>
      <translation>日期</translation>
    </message>
    <message>
      <source>Dates, one a line</source>
      <translation>日期，每行一个</translation>
    </message>
    <message>
      <source>Day</source>
      <translation>日</translation>
    </message>
    <message>
      <source>Day of the month</source>
      <translation>每月第几天</translation>
    </message>
    <message>
      <source>Days off, blackouts and limits in time</source>
      <translation>休息日、停运时段与起止时间</translation>
    </message>
    <message>
      <source>Days they are kept (empty: for ever)</source>
      <translation>保留天数（空：永久）</translation>
    </message>
    <message>
      <source>Dead letters</source>
      <translation>死信</translation>
    </message>
    <message>
      <source>Delayed</source>
      <translation>延迟</translation>
    </message>
    <message>
      <source>Delete</source>
      <translation>删除</translation>
    </message>
    <message>
      <source>Delete %1 tasks?</source>
      <translation>删除 %1 个任务？</translation>
    </message>
    <message>
      <source>Delete %1?</source>
      <translation>删除 %1？</translation>
    </message>
    <message>
      <source>Delete the token %1?</source>
      <translation>删除令牌 %1？</translation>
    </message>
    <message>
      <source>Delete …</source>
      <translation>删除…</translation>
    </message>
    <message>
      <source>Dependency</source>
      <translation>依赖</translation>
    </message>
    <message>
      <source>Description</source>
      <translation>说明</translation>
    </message>
    <message>
      <source>Details</source>
      <translation>详情</translation>
    </message>
    <message>
      <source>Directory</source>
      <translation>目录</translation>
    </message>
    <message>
      <source>Disable %1</source>
      <translation>停用 %1</translation>
    </message>
    <message>
      <source>Disable the sign-in</source>
      <translation>停用登录</translation>
    </message>
    <message>
      <source>Discard</source>
      <translation>放弃修改</translation>
    </message>
    <message>
      <source>Dispatched %1, after %2 of waiting</source>
      <translation>等待 %2 后于 %1 派发</translation>
    </message>
    <message>
      <source>Dispatcher</source>
      <translation>调度器</translation>
    </message>
    <message>
      <source>Dispatcher  %1</source>
      <translation>调度器  %1</translation>
    </message>
    <message>
      <source>Do not open them here</source>
      <translation>不在此打开</translation>
    </message>
    <message>
      <source>Does nothing and succeeds.</source>
      <translation>什么也不做，直接成功。</translation>
    </message>
    <message>
      <source>Done</source>
      <translation>已完成</translation>
    </message>
    <message>
      <source>Drag to select, turn the wheel to zoom, Shift and drag to pan</source>
      <translation>拖动选择，滚轮缩放，按住 Shift 拖动平移</translation>
    </message>
    <message>
      <source>Drain</source>
      <translation>排空</translation>
    </message>
    <message>
      <source>Drain %1?</source>
      <translation>排空 %1？</translation>
    </message>
    <message>
      <source>Drain …</source>
      <translation>排空…</translation>
    </message>
    <message>
      <source>Drain: give it no more runs</source>
      <translation>排空：不再分配新的运行</translation>
    </message>
    <message>
      <source>Draining</source>
      <translation>排空中</translation>
    </message>
    <message>
      <source>Duration</source>
      <translation>时长</translation>
    </message>
    <message>
      <source>Duration p50, p95, p99</source>
      <translation>时长 p50、p95、p99</translation>
    </message>
    <message>
      <source>Edit %1</source>
      <translation>编辑 %1</translation>
    </message>
    <message>
      <source>Edit the task</source>
      <translation>编辑任务</translation>
    </message>
    <message>
      <source>Edit …</source>
      <translation>编辑…</translation>
    </message>
    <message>
      <source>Enable %1</source>
      <translation>启用 %1</translation>
    </message>
    <message>
      <source>Enable the sign-in</source>
      <translation>启用登录</translation>
    </message>
    <message>
      <source>End</source>
      <translation>结束</translation>
    </message>
    <message>
      <source>Ended</source>
      <translation>结束</translation>
    </message>
    <message>
      <source>Ended %1, after %2</source>
      <translation>历时 %2，于 %1 结束</translation>
    </message>
    <message>
      <source>Ended a second</source>
      <translation>每秒结束</translation>
    </message>
    <message>
      <source>Ends</source>
      <translation>到期</translation>
    </message>
    <message>
      <source>Ends after</source>
      <translation>有效期</translation>
    </message>
    <message>
      <source>Ends the console</source>
      <translation>退出控制台</translation>
    </message>
    <message>
      <source>Environment</source>
      <translation>环境变量</translation>
    </message>
    <message>
      <source>Environment; a value may be ${secret:NAME}</source>
      <translation>环境变量；值可写作 ${secret:NAME}</translation>
    </message>
    <message>
      <source>Essential</source>
      <translation>基本</translation>
    </message>
    <message>
      <source>Every failure</source>
      <translation>所有失败</translation>
    </message>
    <message>
      <source>Every worker</source>
      <translation>所有工作节点</translation>
    </message>
    <message>
      <source>Everywhere</source>
      <translation>全局</translation>
    </message>
    <message>
      <source>Exit code</source>
      <translation>退出码</translation>
    </message>
    <message>
      <source>Failed</source>
      <translation>失败</translation>
    </message>
    <message>
      <source>Failed, %</source>
      <translation>失败率（%）</translation>
    </message>
    <message>
      <source>Failed, 1 h</source>
      <translation>失败（1 小时）</translation>
    </message>
    <message>
      <source>Fan-out</source>
      <translation>扇出</translation>
    </message>
    <message>
      <source>Filter: %1</source>
      <translation>筛选：%1</translation>
    </message>
    <message>
      <source>Filters and columns</source>
      <translation>筛选与列</translation>
    </message>
    <message>
      <source>Find (Ctrl+F); Enter for the next, Shift+Enter for the one before</source>
      <translation>查找（Ctrl+F）；Enter 下一处，Shift+Enter 上一处</translation>
    </message>
    <message>
      <source>Find any task, run or worker, or do anything</source>
      <translation>查找任意任务、运行或工作节点，或执行任意操作</translation>
    </message>
    <message>
      <source>Find in the log</source>
      <translation>在日志中查找</translation>
    </message>
    <message>
      <source>Find tasks in the graph</source>
      <translation>在依赖图中查找任务</translation>
    </message>
    <message>
      <source>Find tasks in the queue</source>
      <translation>在队列中查找任务</translation>
    </message>
    <message>
      <source>First delay between retries, in seconds</source>
      <translation>首次重试间隔（秒）</translation>
    </message>
    <message>
      <source>Fold or unfold the side bar</source>
      <translation>折叠或展开侧栏</translation>
    </message>
    <message>
      <source>Fold the side bar</source>
      <translation>折叠侧栏</translation>
    </message>
    <message>
      <source>Folder</source>
      <translation>文件夹</translation>
    </message>
    <message>
      <source>Folders</source>
      <translation>文件夹</translation>
    </message>
    <message>
      <source>Follow the end (End)</source>
      <translation>跟随末尾(End)</translation>
    </message>
    <message>
      <source>For</source>
      <translation>已有</translation>
    </message>
    <message>
      <source>Forget</source>
      <translation>移除</translation>
    </message>
    <message>
      <source>Forget a filter</source>
      <translation>删除筛选</translation>
    </message>
    <message>
      <source>Format</source>
      <translation>格式</translation>
    </message>
    <message>
      <source>From</source>
      <translation>从</translation>
    </message>
    <message>
      <source>Get the authority's file from whoever runs the backend and name it under “Certificate authority”.</source>
      <translation>请向后端管理者索取颁发机构的文件，并在“证书颁发机构”中指定。</translation>
    </message>
    <message>
      <source>Give up waiting after, in seconds (empty: never)</source>
      <translation>排队多少秒后放弃（空：从不）</translation>
    </message>
    <message>
      <source>Go back to this version</source>
      <translation>恢复到此版本</translation>
    </message>
    <message>
      <source>Go to %1</source>
      <translation>前往%1</translation>
    </message>
    <message>
      <source>Go to the tasks</source>
      <translation>查看任务</translation>
    </message>
    <message>
      <source>Graph</source>
      <translation>依赖图</translation>
    </message>
    <message>
      <source>Green</source>
      <translation>绿色</translation>
    </message>
    <message>
      <source>Grey</source>
      <translation>灰色</translation>
    </message>
    <message>
      <source>Group</source>
      <translation>组</translation>
    </message>
    <message>
      <source>HTTP statuses that are tried again</source>
      <translation>会重试的 HTTP 状态</translation>
    </message>
    <message>
      <source>Have the certificate renewed; compare this machine's clock.</source>
      <translation>请更新证书，并核对本机时钟。</translation>
    </message>
    <message>
      <source>Headers, NAME=value one a line; *** stays as it is</source>
      <translation>请求头，每行一个 NAME=value；*** 保持不变</translation>
    </message>
    <message>
      <source>Health</source>
      <translation>健康状况</translation>
    </message>
    <message>
      <source>Heartbeat</source>
      <translation>心跳</translation>
    </message>
    <message>
      <source>Held</source>
      <translation>受限</translation>
    </message>
    <message>
      <source>Hide values</source>
      <translation>隐藏值</translation>
    </message>
    <message>
      <source>High</source>
      <translation>高</translation>
    </message>
    <message>
      <source>History of %1</source>
      <translation>%1 的历史</translation>
    </message>
    <message>
      <source>History …</source>
      <translation>历史 …</translation>
    </message>
    <message>
      <source>Hold back what is alike for, in seconds</source>
      <translation>同类告警抑制秒数</translation>
    </message>
    <message>
      <source>Host</source>
      <translation>主机</translation>
    </message>
    <message>
      <source>How it is tried again</source>
      <translation>如何重试</translation>
    </message>
    <message>
      <source>How long its runs are kept</source>
      <translation>运行记录保留多久</translation>
    </message>
    <message>
      <source>How often</source>
      <translation>频率</translation>
    </message>
    <message>
      <source>How the ends of the logs differ</source>
      <translation>日志末尾的差异</translation>
    </message>
    <message>
      <source>How the logs differ</source>
      <translation>日志的差异</translation>
    </message>
    <message>
      <source>If it is meant to, ask whoever runs it; on a network that you trust, write http:// before the name.</source>
      <translation>如果本应使用，请联系后端管理者；在可信网络中，可在名称前加 http://。</translation>
    </message>
    <message>
      <source>Import a crontab</source>
      <translation>导入 crontab</translation>
    </message>
    <message>
      <source>Import a crontab …</source>
      <translation>导入 crontab…</translation>
    </message>
    <message>
      <source>Import your crontab</source>
      <translation>导入 crontab</translation>
    </message>
    <message>
      <source>In a table</source>
      <translation>在表格中</translation>
    </message>
    <message>
      <source>In the tray the console goes on listening, and tells of failures.</source>
      <translation>在托盘中，控制台会继续监听并通知失败。</translation>
    </message>
    <message>
      <source>In use</source>
      <translation>启用</translation>
    </message>
    <message>
      <source>Inputs and result</source>
      <translation>输入与结果</translation>
    </message>
    <message>
      <source>Install a service</source>
      <translation>安装服务</translation>
    </message>
    <message>
      <source>Into the folder</source>
      <translation>放入文件夹</translation>
    </message>
    <message>
      <source>It does not run.</source>
      <translation>未运行。</translation>
    </message>
    <message>
      <source>It does not speak TLS at this address.</source>
      <translation>此地址不使用 TLS。</translation>
    </message>
    <message>
      <source>It failed %1 times in a row, last in run %2. Fix the cause, then resume the task.</source>
      <translation>该任务已连续失败 %1 次，最近一次为运行 %2。请排除原因后恢复任务。</translation>
    </message>
    <message>
      <source>It has ended several times in the last minutes, so it is not started again by itself.</source>
      <translation>它在最近几分钟内多次退出，因此不再自动启动。</translation>
    </message>
    <message>
      <source>It has not run yet.</source>
      <translation>尚未运行过。</translation>
    </message>
    <message>
      <source>It is given no more runs; the %1 that it holds go on to their end.</source>
      <translation>不再分配新的运行；已持有的 %1 个运行会继续到结束。</translation>
    </message>
    <message>
      <source>It is not there any more.</source>
      <translation>它已不存在。</translation>
    </message>
    <message>
      <source>It is starting.</source>
      <translation>正在启动。</translation>
    </message>
    <message>
      <source>It keeps all it has in %1.</source>
      <translation>它的全部数据都在 %1。</translation>
    </message>
    <message>
      <source>It leaves the list; its runs stay. If it comes back it is listed again.</source>
      <translation>它会从列表中移除；其运行记录保留。若它再次上线，会重新列出。</translation>
    </message>
    <message>
      <source>It runs at %1, process %2.</source>
      <translation>运行于 %1，进程 %2。</translation>
    </message>
    <message>
      <source>It runs nothing at the moment.</source>
      <translation>目前没有运行任何任务。</translation>
    </message>
    <message>
      <source>Its certificate comes from an authority that this machine does not know.</source>
      <translation>其证书由本机不认识的机构颁发。</translation>
    </message>
    <message>
      <source>Its certificate is for another name than the address that was typed.</source>
      <translation>其证书的名称与输入的地址不符。</translation>
    </message>
    <message>
      <source>Its certificate is out of date, or the clock of this machine is wrong.</source>
      <translation>其证书已过期，或本机时钟有误。</translation>
    </message>
    <message>
      <source>Its next occurrence is more than %1 s overdue. Check that a dispatcher is running.</source>
      <translation>下一次执行已逾期超过 %1 秒。请检查调度器是否正在运行。</translation>
    </message>
    <message>
      <source>JSON of the custom format</source>
      <translation>自定义格式的 JSON</translation>
    </message>
    <message>
      <source>Keep</source>
      <translation>保留</translation>
    </message>
    <message>
      <source>Keep running after I close</source>
      <translation>关闭后继续运行</translation>
    </message>
    <message>
      <source>Keeps it in the tray</source>
      <translation>保留在托盘中</translation>
    </message>
    <message>
      <source>Keyboard shortcuts</source>
      <translation>键盘快捷键</translation>
    </message>
    <message>
      <source>Kind</source>
      <translation>类型</translation>
    </message>
    <message>
      <source>Kind of object</source>
      <translation>对象类型</translation>
    </message>
    <message>
      <source>Label %1</source>
      <translation>标记 %1</translation>
    </message>
    <message>
      <source>Labels</source>
      <translation>标签</translation>
    </message>
    <message>
      <source>Labels of %1</source>
      <translation>%1 的标签</translation>
    </message>
    <message>
      <source>Labels that a worker must have</source>
      <translation>执行节点必须具有的标签</translation>
    </message>
    <message>
      <source>Labels …</source>
      <translation>标签…</translation>
    </message>
    <message>
      <source>Language</source>
      <translation>语言</translation>
    </message>
    <message>
      <source>Last 20</source>
      <translation>最近 20 次</translation>
    </message>
    <message>
      <source>Last 24 h</source>
      <translation>最近 24 小时</translation>
    </message>
    <message>
      <source>Last 30 days</source>
      <translation>最近 30 天</translation>
    </message>
    <message>
      <source>Last 5 min</source>
      <translation>最近 5 分钟</translation>
    </message>
    <message>
      <source>Last 7 d</source>
      <translation>最近 7 天</translation>
    </message>
    <message>
      <source>Last 7 days</source>
      <translation>最近 7 天</translation>
    </message>
    <message>
      <source>Last day</source>
      <translation>最近一天</translation>
    </message>
    <message>
      <source>Last hour</source>
      <translation>最近一小时</translation>
    </message>
    <message>
      <source>Last run</source>
      <translation>上次运行</translation>
    </message>
    <message>
      <source>Last success</source>
      <translation>上次成功</translation>
    </message>
    <message>
      <source>Last used</source>
      <translation>上次使用</translation>
    </message>
    <message>
      <source>Latest failures</source>
      <translation>最近失败</translation>
    </message>
    <message>
      <source>Leave as they are</source>
      <translation>保持不变</translation>
    </message>
    <message>
      <source>Leave out times that succeeded</source>
      <translation>跳过已成功的时间</translation>
    </message>
    <message>
      <source>Light</source>
      <translation>浅色</translation>
    </message>
    <message>
      <source>Light or dark</source>
      <translation>浅色或深色</translation>
    </message>
    <message>
      <source>Limit</source>
      <translation>限制</translation>
    </message>
    <message>
      <source>Links to tasks and runs</source>
      <translation>任务与运行的链接</translation>
    </message>
    <message>
      <source>Load anew</source>
      <translation>重新加载</translation>
    </message>
    <message>
      <source>Loading …</source>
      <translation>正在加载…</translation>
    </message>
    <message>
      <source>Log</source>
      <translation>日志</translation>
    </message>
    <message>
      <source>Log of the backend of this machine</source>
      <translation>本机后端的日志</translation>
    </message>
    <message>
      <source>Longest delay, in seconds</source>
      <translation>最长间隔（秒）</translation>
    </message>
    <message>
      <source>Look at them …</source>
      <translation>查看…</translation>
    </message>
    <message>
      <source>Lost</source>
      <translation>失联</translation>
    </message>
    <message>
      <source>Low</source>
      <translation>低</translation>
    </message>
    <message>
      <source>Lower %1</source>
      <translation>降低 %1 的优先级</translation>
    </message>
    <message>
      <source>Lower the priority</source>
      <translation>降低优先级</translation>
    </message>
    <message>
      <source>MMMM yyyy</source>
      <translation>yyyy年M月</translation>
    </message>
    <message>
      <source>Made</source>
      <translation>创建于</translation>
    </message>
    <message>
      <source>Memory</source>
      <translation>内存</translation>
    </message>
    <message>
      <source>Memory, MiB</source>
      <translation>内存（MiB）</translation>
    </message>
    <message>
      <source>Memory, most %1 MiB</source>
      <translation>内存，最多 %1 MiB</translation>
    </message>
    <message>
      <source>Message queue</source>
      <translation>消息队列</translation>
    </message>
    <message>
      <source>Minute</source>
      <translation>分钟</translation>
    </message>
    <message>
      <source>Minutes between</source>
      <translation>间隔分钟数</translation>
    </message>
    <message>
      <source>Month</source>
      <translation>月</translation>
    </message>
    <message>
      <source>Most CPU time, in seconds (empty: no limit)</source>
      <translation>最多 CPU 时间，秒（空：不限）</translation>
    </message>
    <message>
      <source>Most memory</source>
      <translation>内存峰值</translation>
    </message>
    <message>
      <source>Most memory, in MiB (empty: no limit)</source>
      <translation>最大内存，MiB（空：不限）</translation>
    </message>
    <message>
      <source>Most open files (empty: the system's limit)</source>
      <translation>最多打开的文件数（空：系统限制）</translation>
    </message>
    <message>
      <source>Most runs at once (empty: no limit)</source>
      <translation>同时运行上限（空：不限）</translation>
    </message>
    <message>
      <source>Most starts per minute (empty: no limit)</source>
      <translation>每分钟最多启动次数（空：不限）</translation>
    </message>
    <message>
      <source>Motion</source>
      <translation>动画</translation>
    </message>
    <message>
      <source>Name</source>
      <translation>名称</translation>
    </message>
    <message>
      <source>New password (at least 10 signs)</source>
      <translation>新密码（至少 10 个字符）</translation>
    </message>
    <message>
      <source>New person</source>
      <translation>新建用户</translation>
    </message>
    <message>
      <source>New task</source>
      <translation>新建任务</translation>
    </message>
    <message>
      <source>New token</source>
      <translation>新建令牌</translation>
    </message>
    <message>
      <source>Newest runs kept (empty: all)</source>
      <translation>保留最新的运行数（空：全部）</translation>
    </message>
    <message>
      <source>Next</source>
      <translation>下次</translation>
    </message>
    <message>
      <source>Next up</source>
      <translation>即将运行</translation>
    </message>
    <message>
      <source>No backend runs here. It brings a PostgreSQL of its own; nothing needs to be installed.</source>
      <translation>本机没有运行后端。它自带 PostgreSQL，无需安装任何东西。</translation>
    </message>
    <message>
      <source>No event fits what you look for.</source>
      <translation>没有符合条件的事件。</translation>
    </message>
    <message>
      <source>No longer tell me when it fails</source>
      <translation>失败时不再通知我</translation>
    </message>
    <message>
      <source>No replica dispatches: nothing starts until one does.</source>
      <translation>没有副本在调度：在此之前什么都不会开始。</translation>
    </message>
    <message>
      <source>No run fits what you look for.</source>
      <translation>没有符合条件的运行。</translation>
    </message>
    <message>
      <source>No run has failed.</source>
      <translation>没有失败的运行。</translation>
    </message>
    <message>
      <source>No run of this task succeeded before this one; there is nothing to compare it with.</source>
      <translation>此任务在本次之前没有成功的运行，无从比较。</translation>
    </message>
    <message>
      <source>No samples yet; the first come within seconds.</source>
      <translation>尚无采样；几秒内会出现第一批。</translation>
    </message>
    <message>
      <source>No such time lies ahead: it will not run by itself.</source>
      <translation>之后不再有这样的时间，它不会自行运行。</translation>
    </message>
    <message>
      <source>No task fits what you look for.</source>
      <translation>没有符合条件的任务。</translation>
    </message>
    <message>
      <source>No task waits for another. Name what a task waits for in its editor, and the graph is drawn here.</source>
      <translation>没有任务等待其他任务。在任务编辑器中指定它等待哪些任务，依赖图就会画在这里。</translation>
    </message>
    <message>
      <source>No user column</source>
      <translation>无用户列</translation>
    </message>
    <message>
      <source>No worker fits what you look for.</source>
      <translation>没有符合条件的工作节点。</translation>
    </message>
    <message>
      <source>No worker is known. Start one where the work is to be done:
TASKDECK_BROKER_URL=amqp://… taskdeck worker --slots 8</source>
      <translation>没有已知的工作节点。请在需要执行任务的机器上启动：
TASKDECK_BROKER_URL=amqp://… taskdeck worker --slots 8</translation>
    </message>
    <message>
      <source>No worker is known. Start one with 'taskdeck worker'.</source>
      <translation>没有已知的工作节点。请用“taskdeck worker”启动一个。</translation>
    </message>
    <message>
      <source>Nobody may sign in yet.</source>
      <translation>还没有可登录的用户。</translation>
    </message>
    <message>
      <source>None</source>
      <translation>不通知</translation>
    </message>
    <message>
      <source>Normal</source>
      <translation>普通</translation>
    </message>
    <message>
      <source>Not after</source>
      <translation>不晚于</translation>
    </message>
    <message>
      <source>Not before</source>
      <translation>不早于</translation>
    </message>
    <message>
      <source>Nothing fits “%1”.</source>
      <translation>没有与“%1”匹配的内容。</translation>
    </message>
    <message>
      <source>Nothing in the queue fits what you look for.</source>
      <translation>队列中没有符合条件的运行。</translation>
    </message>
    <message>
      <source>Nothing is made before you have seen it here.</source>
      <translation>在您于此处确认之前，不会创建任何内容。</translation>
    </message>
    <message>
      <source>Nothing is scheduled. Give a task a schedule and its next runs are listed here.</source>
      <translation>没有计划中的任务。为任务设置计划后，这里会列出其后续运行。</translation>
    </message>
    <message>
      <source>Nothing ran here, and nothing is due.</source>
      <translation>这段时间没有运行，也没有任务到期。</translation>
    </message>
    <message>
      <source>Nothing runs and nothing waits. Runs stand here from the moment they are due until they end.</source>
      <translation>没有运行中的，也没有等待中的。运行从到期那一刻起直到结束都列在这里。</translation>
    </message>
    <message>
      <source>Nothing was to be told. Rules say what is told to whom.</source>
      <translation>还没有告警。规则说明向谁发送什么。</translation>
    </message>
    <message>
      <source>Notifications on the desktop</source>
      <translation>桌面通知</translation>
    </message>
    <message>
      <source>Number of shards</source>
      <translation>分片数</translation>
    </message>
    <message>
      <source>Object</source>
      <translation>对象</translation>
    </message>
    <message>
      <source>Offline</source>
      <translation>离线</translation>
    </message>
    <message>
      <source>On</source>
      <translation>条件</translation>
    </message>
    <message>
      <source>On a day off the run</source>
      <translation>休息日的运行</translation>
    </message>
    <message>
      <source>On this system the installer sees to taskdeck:// links.</source>
      <translation>在此系统上，taskdeck:// 链接由安装程序处理。</translation>
    </message>
    <message>
      <source>On: failure, slow, late, paused</source>
      <translation>条件：failure、slow、late、paused</translation>
    </message>
    <message>
      <source>Online</source>
      <translation>在线</translation>
    </message>
    <message>
      <source>Only after HTTP statuses (empty: any)</source>
      <translation>仅在这些 HTTP 状态后重试（空：任意）</translation>
    </message>
    <message>
      <source>Only after exit codes (empty: any)</source>
      <translation>仅在这些退出码后重试（空：任意）</translation>
    </message>
    <message>
      <source>Only an administrator sees who may sign in.</source>
      <translation>只有管理员可以查看用户。</translation>
    </message>
    <message>
      <source>Only if the backend has one of its own</source>
      <translation>仅当后端使用自己的证书时</translation>
    </message>
    <message>
      <source>Only its up- and downstream</source>
      <translation>只看它的上下游</translation>
    </message>
    <message>
      <source>Only tasks below this folder</source>
      <translation>仅此文件夹下的任务</translation>
    </message>
    <message>
      <source>Only tasks with these labels, NAME=value one a line</source>
      <translation>仅限带有这些标签的任务，每行一个 NAME=value</translation>
    </message>
    <message>
      <source>Only the task with this id</source>
      <translation>仅此编号的任务</translation>
    </message>
    <message>
      <source>Only this person</source>
      <translation>仅此用户</translation>
    </message>
    <message>
      <source>Only what runs turns; here it can be kept still.</source>
      <translation>只有运行中的图标会转动；可在此关闭。</translation>
    </message>
    <message>
      <source>Open</source>
      <translation>打开</translation>
    </message>
    <message>
      <source>Open a crontab</source>
      <translation>打开 crontab</translation>
    </message>
    <message>
      <source>Open a file …</source>
      <translation>打开文件…</translation>
    </message>
    <message>
      <source>Open another window</source>
      <translation>打开新窗口</translation>
    </message>
    <message>
      <source>Open in another window</source>
      <translation>在新窗口中打开</translation>
    </message>
    <message>
      <source>Open the console</source>
      <translation>打开控制台</translation>
    </message>
    <message>
      <source>Open the folder</source>
      <translation>打开文件夹</translation>
    </message>
    <message>
      <source>Open them here</source>
      <translation>在此打开</translation>
    </message>
    <message>
      <source>Operator</source>
      <translation>操作员</translation>
    </message>
    <message>
      <source>Operator: also creates, edits and runs</source>
      <translation>操作员：还可创建、编辑和运行</translation>
    </message>
    <message>
      <source>Overview</source>
      <translation>概览</translation>
    </message>
    <message>
      <source>Password</source>
      <translation>密码</translation>
    </message>
    <message>
      <source>Password (at least 10 signs)</source>
      <translation>密码（至少 10 个字符）</translation>
    </message>
    <message>
      <source>Past every limit, delay and dependency, before all others, as critical. Only a free slot of a worker is still needed.</source>
      <translation>越过所有限制、延迟和依赖，排在所有运行之前，优先级变为紧急。只需等工作节点有空位。</translation>
    </message>
    <message>
      <source>Paste a crontab, or</source>
      <translation>粘贴 crontab，或</translation>
    </message>
    <message>
      <source>Pause %1</source>
      <translation>暂停 %1</translation>
    </message>
    <message>
      <source>Pause the schedule</source>
      <translation>暂停计划</translation>
    </message>
    <message>
      <source>Paused</source>
      <translation>已暂停</translation>
    </message>
    <message>
      <source>Paused, until cron has ended</source>
      <translation>先暂停，直到停用 cron</translation>
    </message>
    <message>
      <source>People</source>
      <translation>用户</translation>
    </message>
    <message>
      <source>Person</source>
      <translation>用户</translation>
    </message>
    <message>
      <source>Place</source>
      <translation>位置</translation>
    </message>
    <message>
      <source>Policies</source>
      <translation>策略</translation>
    </message>
    <message>
      <source>Priority</source>
      <translation>优先级</translation>
    </message>
    <message>
      <source>Production, staging, …</source>
      <translation>生产、预发布……</translation>
    </message>
    <message>
      <source>Progress</source>
      <translation>进度</translation>
    </message>
    <message>
      <source>Put away</source>
      <translation>收起</translation>
    </message>
    <message>
      <source>Queue</source>
      <translation>队列</translation>
    </message>
    <message>
      <source>Queue  in process</source>
      <translation>队列  进程内</translation>
    </message>
    <message>
      <source>Queue depth</source>
      <translation>队列深度</translation>
    </message>
    <message>
      <source>Queue depth over time</source>
      <translation>队列深度随时间的变化</translation>
    </message>
    <message>
      <source>Queued</source>
      <translation>入队</translation>
    </message>
    <message>
      <source>Quit</source>
      <translation>退出</translation>
    </message>
    <message>
      <source>Raise %1</source>
      <translation>提高 %1 的优先级</translation>
    </message>
    <message>
      <source>Raise the priority</source>
      <translation>提高优先级</translation>
    </message>
    <message>
      <source>Read mine</source>
      <translation>读取我的</translation>
    </message>
    <message>
      <source>Ready</source>
      <translation>就绪</translation>
    </message>
    <message>
      <source>Reason</source>
      <translation>原因</translation>
    </message>
    <message>
      <source>Recipients</source>
      <translation>收件人</translation>
    </message>
    <message>
      <source>Red</source>
      <translation>红色</translation>
    </message>
    <message>
      <source>Reload the list.</source>
      <translation>请重新加载列表。</translation>
    </message>
    <message>
      <source>Reload, look at the change, and make yours again.</source>
      <translation>请重新加载，查看改动后再次修改。</translation>
    </message>
    <message>
      <source>Remind after</source>
      <translation>提醒间隔</translation>
    </message>
    <message>
      <source>Remove</source>
      <translation>移除</translation>
    </message>
    <message>
      <source>Remove %1?</source>
      <translation>移除 %1？</translation>
    </message>
    <message>
      <source>Remove the service</source>
      <translation>移除服务</translation>
    </message>
    <message>
      <source>Remove …</source>
      <translation>移除…</translation>
    </message>
    <message>
      <source>Repeat as it was</source>
      <translation>按原样重复</translation>
    </message>
    <message>
      <source>Resources</source>
      <translation>资源</translation>
    </message>
    <message>
      <source>Restart</source>
      <translation>重新启动</translation>
    </message>
    <message>
      <source>Restart it, or choose another backend.</source>
      <translation>请重新启动，或选择其他后端。</translation>
    </message>
    <message>
      <source>Result</source>
      <translation>结果</translation>
    </message>
    <message>
      <source>Resume</source>
      <translation>恢复</translation>
    </message>
    <message>
      <source>Resume %1</source>
      <translation>恢复 %1</translation>
    </message>
    <message>
      <source>Resume the schedule</source>
      <translation>恢复计划</translation>
    </message>
    <message>
      <source>Resume: give it runs again</source>
      <translation>恢复：重新分配运行</translation>
    </message>
    <message>
      <source>Retries</source>
      <translation>重试次数</translation>
    </message>
    <message>
      <source>Retry</source>
      <translation>重试</translation>
    </message>
    <message>
      <source>Role</source>
      <translation>角色</translation>
    </message>
    <message>
      <source>Rule</source>
      <translation>规则</translation>
    </message>
    <message>
      <source>Run</source>
      <translation>运行</translation>
    </message>
    <message>
      <source>Run %1</source>
      <translation>运行 %1</translation>
    </message>
    <message>
      <source>Run %1 for past times</source>
      <translation>为过去的时间运行 %1</translation>
    </message>
    <message>
      <source>Run %1 has been running for longer than the expected %2 s.</source>
      <translation>运行 %1 的运行时间已超过预期的 %2 秒。</translation>
    </message>
    <message>
      <source>Run %1 has not started within %2 s of its scheduled time. The queue shows why it waits.</source>
      <translation>运行 %1 在计划时间后 %2 秒内未启动。队列视图会显示等待原因。</translation>
    </message>
    <message>
      <source>Run %1 of %2 · %3</source>
      <translation>%2 的运行 %1 · %3</translation>
    </message>
    <message>
      <source>Run %1 on %2</source>
      <translation>%2 上的运行 %1</translation>
    </message>
    <message>
      <source>Run %1 started more than %2 s after its scheduled time.</source>
      <translation>运行 %1 的启动时间比计划时间晚了 %2 秒以上。</translation>
    </message>
    <message>
      <source>Run %1, %2</source>
      <translation>运行 %1，%2</translation>
    </message>
    <message>
      <source>Run %1: %2</source>
      <translation>运行 %1：%2</translation>
    </message>
    <message>
      <source>Run %1: exit code %2</source>
      <translation>运行 %1：退出码 %2</translation>
    </message>
    <message>
      <source>Run again</source>
      <translation>再次运行</translation>
    </message>
    <message>
      <source>Run an example</source>
      <translation>运行一个示例</translation>
    </message>
    <message>
      <source>Run for past times …</source>
      <translation>为过去的时间运行 …</translation>
    </message>
    <message>
      <source>Run it once as it is typed, without saving it: no schedule, no retries, no alerts</source>
      <translation>按当前输入运行一次，不保存：无计划、无重试、无告警</translation>
    </message>
    <message>
      <source>Run now</source>
      <translation>立即运行</translation>
    </message>
    <message>
      <source>Run the task now</source>
      <translation>立即运行任务</translation>
    </message>
    <message>
      <source>Running</source>
      <translation>运行中</translation>
    </message>
    <message>
      <source>Runs</source>
      <translation>运行记录</translation>
    </message>
    <message>
      <source>Runs a command line by /bin/sh, or a whole script that begins with #!.</source>
      <translation>用 /bin/sh 执行命令行，或执行以 #! 开头的整个脚本。</translation>
    </message>
    <message>
      <source>Runs an example task and shows its output live</source>
      <translation>运行一个示例任务并实时显示输出</translation>
    </message>
    <message>
      <source>Runs and occurrences</source>
      <translation>运行和触发时间</translation>
    </message>
    <message>
      <source>Runs are listed here as they happen. Trigger a task, or wait for its schedule.</source>
      <translation>运行会实时列在这里。请触发一个任务，或等待其计划时间。</translation>
    </message>
    <message>
      <source>Runs as</source>
      <translation>执行器</translation>
    </message>
    <message>
      <source>Runs at once</source>
      <translation>同时运行数</translation>
    </message>
    <message>
      <source>Runs now</source>
      <translation>正在运行</translation>
    </message>
    <message>
      <source>Save</source>
      <translation>保存</translation>
    </message>
    <message>
      <source>Save changes</source>
      <translation>保存修改</translation>
    </message>
    <message>
      <source>Save the whole log</source>
      <translation>保存完整日志</translation>
    </message>
    <message>
      <source>Save the whole log (Ctrl+S)</source>
      <translation>保存完整日志(Ctrl+S)</translation>
    </message>
    <message>
      <source>Save this filter</source>
      <translation>保存此筛选</translation>
    </message>
    <message>
      <source>Save this filter …</source>
      <translation>保存此筛选…</translation>
    </message>
    <message>
      <source>Schedule</source>
      <translation>计划</translation>
    </message>
    <message>
      <source>Scheduled for</source>
      <translation>计划时间</translation>
    </message>
    <message>
      <source>Search in this view</source>
      <translation>在此视图中搜索</translation>
    </message>
    <message>
      <source>Search names, people and actions  ( / )</source>
      <translation>搜索名称、用户和操作  ( / )</translation>
    </message>
    <message>
      <source>Search or run a command</source>
      <translation>搜索或执行命令</translation>
    </message>
    <message>
      <source>Search tasks  ( / )</source>
      <translation>搜索任务（ / ）</translation>
    </message>
    <message>
      <source>Search the shortcuts</source>
      <translation>搜索快捷键</translation>
    </message>
    <message>
      <source>Seen</source>
      <translation>心跳</translation>
    </message>
    <message>
      <source>Select all</source>
      <translation>全选</translation>
    </message>
    <message>
      <source>Send a test message</source>
      <translation>发送测试消息</translation>
    </message>
    <message>
      <source>Send all back</source>
      <translation>全部退回队列</translation>
    </message>
    <message>
      <source>Send them back when what refused them has been mended; a message that is refused again is here again.</source>
      <translation>修复导致拒收的原因后再退回队列；再次被拒收的消息会重新出现在这里。</translation>
    </message>
    <message>
      <source>Sends an HTTP request and expects a status, 2xx by default.</source>
      <translation>发送 HTTP 请求并检查状态码，默认为 2xx。</translation>
    </message>
    <message>
      <source>Set a password …</source>
      <translation>设置密码…</translation>
    </message>
    <message>
      <source>Settings</source>
      <translation>设置</translation>
    </message>
    <message>
      <source>Show a day</source>
      <translation>按日显示</translation>
    </message>
    <message>
      <source>Show a month</source>
      <translation>按月显示</translation>
    </message>
    <message>
      <source>Show a week</source>
      <translation>按周显示</translation>
    </message>
    <message>
      <source>Show all events</source>
      <translation>显示所有事件</translation>
    </message>
    <message>
      <source>Show all runs</source>
      <translation>显示所有运行</translation>
    </message>
    <message>
      <source>Show all runs again</source>
      <translation>重新显示全部运行</translation>
    </message>
    <message>
      <source>Show all tasks</source>
      <translation>显示全部任务</translation>
    </message>
    <message>
      <source>Show its runs</source>
      <translation>显示其运行</translation>
    </message>
    <message>
      <source>Show log</source>
      <translation>显示日志</translation>
    </message>
    <message>
      <source>Show tasks at their size</source>
      <translation>按实际大小显示</translation>
    </message>
    <message>
      <source>Show the keyboard shortcuts</source>
      <translation>显示键盘快捷键</translation>
    </message>
    <message>
      <source>Show the last %1</source>
      <translation>显示最近 %1</translation>
    </message>
    <message>
      <source>Show the log of the backend of this machine</source>
      <translation>显示本机后端的日志</translation>
    </message>
    <message>
      <source>Show the object</source>
      <translation>显示该对象</translation>
    </message>
    <message>
      <source>Show the queue as it is now</source>
      <translation>显示队列的当前状态</translation>
    </message>
    <message>
      <source>Show the run</source>
      <translation>显示运行</translation>
    </message>
    <message>
      <source>Show the task</source>
      <translation>显示任务</translation>
    </message>
    <message>
      <source>Show the whole graph</source>
      <translation>显示整张图</translation>
    </message>
    <message>
      <source>Show the whole graph again</source>
      <translation>重新显示整张图</translation>
    </message>
    <message>
      <source>Show today</source>
      <translation>显示今天</translation>
    </message>
    <message>
      <source>Show values</source>
      <translation>显示值</translation>
    </message>
    <message>
      <source>Show what can be done</source>
      <translation>显示可做的操作</translation>
    </message>
    <message>
      <source>Show what it would run</source>
      <translation>显示将运行的时间</translation>
    </message>
    <message>
      <source>Show when each line came</source>
      <translation>显示每行的时间</translation>
    </message>
    <message>
      <source>Shows first what it would make</source>
      <translation>先预览将创建的内容</translation>
    </message>
    <message>
      <source>Sign in</source>
      <translation>登录</translation>
    </message>
    <message>
      <source>Sign in again.</source>
      <translation>请重新登录。</translation>
    </message>
    <message>
      <source>Sign-in</source>
      <translation>登录</translation>
    </message>
    <message>
      <source>Signing in …</source>
      <translation>正在登录…</translation>
    </message>
    <message>
      <source>Silence</source>
      <translation>静默</translation>
    </message>
    <message>
      <source>Silences</source>
      <translation>静默</translation>
    </message>
    <message>
      <source>Since</source>
      <translation>创建于</translation>
    </message>
    <message>
      <source>Skipped</source>
      <translation>已跳过</translation>
    </message>
    <message>
      <source>Slots</source>
      <translation>槽位</translation>
    </message>
    <message>
      <source>Slots in use</source>
      <translation>已用槽位</translation>
    </message>
    <message>
      <source>Somebody else changed it meanwhile.</source>
      <translation>期间已被其他人修改。</translation>
    </message>
    <message>
      <source>Spread, in seconds</source>
      <translation>随机错开（秒）</translation>
    </message>
    <message>
      <source>Start</source>
      <translation>开始</translation>
    </message>
    <message>
      <source>Start %1 now?</source>
      <translation>立即开始 %1？</translation>
    </message>
    <message>
      <source>Start a backend</source>
      <translation>启动后端</translation>
    </message>
    <message>
      <source>Start latency p99</source>
      <translation>启动延迟 p99</translation>
    </message>
    <message>
      <source>Start now</source>
      <translation>立即开始</translation>
    </message>
    <message>
      <source>Start the backend of this machine</source>
      <translation>启动本机后端</translation>
    </message>
    <message>
      <source>Started</source>
      <translation>开始</translation>
    </message>
    <message>
      <source>Started %1, %2 later</source>
      <translation>%2 后于 %1 开始</translation>
    </message>
    <message>
      <source>Started by</source>
      <translation>触发方式</translation>
    </message>
    <message>
      <source>Started by anything</source>
      <translation>任意触发方式</translation>
    </message>
    <message>
      <source>Starting</source>
      <translation>启动中</translation>
    </message>
    <message>
      <source>Starts per minute</source>
      <translation>每分钟启动</translation>
    </message>
    <message>
      <source>State</source>
      <translation>状态</translation>
    </message>
    <message>
      <source>Status</source>
      <translation>状态</translation>
    </message>
    <message>
      <source>Still</source>
      <translation>静止</translation>
    </message>
    <message>
      <source>Stop</source>
      <translation>停止</translation>
    </message>
    <message>
      <source>Stop the schedule after failures in a row</source>
      <translation>连续失败多少次后停止计划</translation>
    </message>
    <message>
      <source>Subscribe to a task in its menu: “Tell me when it fails”.</source>
      <translation>在任务菜单中选择“失败时通知我”即可订阅。</translation>
    </message>
    <message>
      <source>Succeeded</source>
      <translation>成功</translation>
    </message>
    <message>
      <source>Succeeded, 1 h</source>
      <translation>成功（1 小时）</translation>
    </message>
    <message>
      <source>Switch to %1</source>
      <translation>切换到%1</translation>
    </message>
    <message>
      <source>System crontabs, such as /etc/crontab, name a user before each command.</source>
      <translation>系统 crontab（例如 /etc/crontab）在每条命令前写有用户名。</translation>
    </message>
    <message>
      <source>Take away</source>
      <translation>移除</translation>
    </message>
    <message>
      <source>Take it off the list, with its tokens</source>
      <translation>从列表中移除，并删除其令牌</translation>
    </message>
    <message>
      <source>Takes</source>
      <translation>接受</translation>
    </message>
    <message>
      <source>Task</source>
      <translation>任务</translation>
    </message>
    <message>
      <source>Task or run number</source>
      <translation>任务或运行编号</translation>
    </message>
    <message>
      <source>Task type (empty: the executor's name)</source>
      <translation>任务类型（空：执行器名称）</translation>
    </message>
    <message>
      <source>Taskdeck is ready on this machine.</source>
      <translation>Taskdeck 已在本机就绪。</translation>
    </message>
    <message>
      <source>Tasks</source>
      <translation>任务</translation>
    </message>
    <message>
      <source>Tasks I subscribed to</source>
      <translation>我订阅的任务</translation>
    </message>
    <message>
      <source>Tasks are listed here: a command, when it runs, and what to do when it fails.</source>
      <translation>任务列在这里：一条命令、运行时间，以及失败时的处理方式。</translation>
    </message>
    <message>
      <source>Tasks that it would become</source>
      <translation>将生成的任务</translation>
    </message>
    <message>
      <source>Tell me when it fails</source>
      <translation>失败时通知我</translation>
    </message>
    <message>
      <source>Test run</source>
      <translation>试运行</translation>
    </message>
    <message>
      <source>The backend cannot be reached.</source>
      <translation>无法连接后端。</translation>
    </message>
    <message>
      <source>The backend cannot reach its broker.</source>
      <translation>后端无法连接其消息代理。</translation>
    </message>
    <message>
      <source>The backend cannot reach its database.</source>
      <translation>后端无法连接其数据库。</translation>
    </message>
    <message>
      <source>The backend could not do this.</source>
      <translation>后端无法完成此操作。</translation>
    </message>
    <message>
      <source>The backend of this machine</source>
      <translation>本机后端</translation>
    </message>
    <message>
      <source>The backend of this machine does not run.</source>
      <translation>本机后端未运行。</translation>
    </message>
    <message>
      <source>The backend of this machine is starting.</source>
      <translation>本机后端正在启动。</translation>
    </message>
    <message>
      <source>The backend refused a value.</source>
      <translation>后端拒绝了一个值。</translation>
    </message>
    <message>
      <source>The backend's identity could not be checked.</source>
      <translation>无法验证后端的身份。</translation>
    </message>
    <message>
      <source>The backup failed: %1</source>
      <translation>备份失败：%1</translation>
    </message>
    <message>
      <source>The backup is written: %1</source>
      <translation>备份已写入：%1</translation>
    </message>
    <message>
      <source>The clock leaves this hour out.</source>
      <translation>时钟跳过了这一小时。</translation>
    </message>
    <message>
      <source>The connection is lost; what you see is from %1.</source>
      <translation>连接已断开；当前显示的是 %1 的内容。</translation>
    </message>
    <message>
      <source>The console met an error of its own.</source>
      <translation>控制台自身发生了错误。</translation>
    </message>
    <message>
      <source>The console tries again by itself.</source>
      <translation>控制台会自动重试。</translation>
    </message>
    <message>
      <source>The delay</source>
      <translation>间隔变化</translation>
    </message>
    <message>
      <source>The examples are gone; create a task instead.</source>
      <translation>示例已被删除；请创建一个任务。</translation>
    </message>
    <message>
      <source>The first start takes some seconds longer.</source>
      <translation>首次启动需要多几秒。</translation>
    </message>
    <message>
      <source>The first word of each command could be a user or a program. Choose above which it is.</source>
      <translation>各命令的第一个词可能是用户，也可能是程序。请在上方选择。</translation>
    </message>
    <message>
      <source>The last %1</source>
      <translation>最近 %1</translation>
    </message>
    <message>
      <source>The log is empty.</source>
      <translation>日志为空。</translation>
    </message>
    <message>
      <source>The log was not saved to %1: %2. Choose another folder, or make room.</source>
      <translation>日志未能保存到 %1：%2。请换一个文件夹，或腾出空间。</translation>
    </message>
    <message>
      <source>The next place (F3)</source>
      <translation>下一处(F3)</translation>
    </message>
    <message>
      <source>The other way is in the tooltip of each time.</source>
      <translation>另一种写法在每个时间的提示中。</translation>
    </message>
    <message>
      <source>The place before (Shift+F3)</source>
      <translation>上一处(Shift+F3)</translation>
    </message>
    <message>
      <source>The run has written nothing yet.</source>
      <translation>此运行尚无输出。</translation>
    </message>
    <message>
      <source>The run wrote nothing.</source>
      <translation>此运行没有输出。</translation>
    </message>
    <message>
      <source>The task was changed in between:</source>
      <translation>两次之间任务有改动：</translation>
    </message>
    <message>
      <source>The task, its schedule and its %1 runs go for good.</source>
      <translation>任务、其计划及其 %1 次运行将被永久删除。</translation>
    </message>
    <message>
      <source>The task, its schedule and its runs go for good.</source>
      <translation>任务、其计划及其运行将被永久删除。</translation>
    </message>
    <message>
      <source>The tasks, their schedules and their runs go for good: %1</source>
      <translation>这些任务、其计划及其运行将被永久删除：%1</translation>
    </message>
    <message>
      <source>Theme</source>
      <translation>主题</translation>
    </message>
    <message>
      <source>There is no crontab command here.</source>
      <translation>此处没有 crontab 命令。</translation>
    </message>
    <message>
      <source>They can no longer sign in, and their tokens end. What they did stays in the events.</source>
      <translation>该用户将无法登录，其令牌失效。其操作记录保留在事件中。</translation>
    </message>
    <message>
      <source>This cannot be done now.</source>
      <translation>现在无法执行此操作。</translation>
    </message>
    <message>
      <source>This is the only time that the token is shown. Copy it to where it is used.</source>
      <translation>令牌只显示这一次。请立即复制到使用的地方。</translation>
    </message>
    <message>
      <source>This machine</source>
      <translation>本机</translation>
    </message>
    <message>
      <source>This run</source>
      <translation>本次运行</translation>
    </message>
    <message>
      <source>This system has no keyring: your sign-in ends with the console, and is written nowhere.</source>
      <translation>此系统没有密钥环：登录随控制台关闭而结束，不会写入任何地方。</translation>
    </message>
    <message>
      <source>This system has no tray.</source>
      <translation>此系统没有托盘。</translation>
    </message>
    <message>
      <source>Throw all away …</source>
      <translation>全部丢弃…</translation>
    </message>
    <message>
      <source>Throw all dead letters away?</source>
      <translation>丢弃所有死信？</translation>
    </message>
    <message>
      <source>Throw away</source>
      <translation>丢弃</translation>
    </message>
    <message>
      <source>Time</source>
      <translation>时间</translation>
    </message>
    <message>
      <source>Time of day</source>
      <translation>时刻</translation>
    </message>
    <message>
      <source>Time zone</source>
      <translation>时区</translation>
    </message>
    <message>
      <source>Timed out</source>
      <translation>超时</translation>
    </message>
    <message>
      <source>Timeout</source>
      <translation>超时</translation>
    </message>
    <message>
      <source>Timeout, in seconds</source>
      <translation>超时（秒）</translation>
    </message>
    <message>
      <source>Times</source>
      <translation>时间显示</translation>
    </message>
    <message>
      <source>Times in %1</source>
      <translation>时间按 %1</translation>
    </message>
    <message>
      <source>To</source>
      <translation>发往</translation>
    </message>
    <message>
      <source>Today</source>
      <translation>今天</translation>
    </message>
    <message>
      <source>Token</source>
      <translation>令牌</translation>
    </message>
    <message>
      <source>Token %1</source>
      <translation>令牌 %1</translation>
    </message>
    <message>
      <source>Told to</source>
      <translation>已通知</translation>
    </message>
    <message>
      <source>Too many requests.</source>
      <translation>请求过多。</translation>
    </message>
    <message>
      <source>Took</source>
      <translation>用时</translation>
    </message>
    <message>
      <source>Try now</source>
      <translation>立即重试</translation>
    </message>
    <message>
      <source>Turn the page</source>
      <translation>下一页</translation>
    </message>
    <message>
      <source>Turn the page back</source>
      <translation>上一页</translation>
    </message>
    <message>
      <source>Turning</source>
      <translation>转动</translation>
    </message>
    <message>
      <source>Type %1 to go on</source>
      <translation>输入 %1 以继续</translation>
    </message>
    <message>
      <source>Type the backend's address, such as https://taskdeck.example.org.</source>
      <translation>请输入后端的地址，例如 https://taskdeck.example.org。</translation>
    </message>
    <message>
      <source>Undo</source>
      <translation>撤销</translation>
    </message>
    <message>
      <source>Undo: %1</source>
      <translation>撤销：%1</translation>
    </message>
    <message>
      <source>Undone: %1</source>
      <translation>已撤销：%1</translation>
    </message>
    <message>
      <source>Until</source>
      <translation>至</translation>
    </message>
    <message>
      <source>Until, without it</source>
      <translation>至（不含）</translation>
    </message>
    <message>
      <source>Up</source>
      <translation>已运行</translation>
    </message>
    <message>
      <source>Use it</source>
      <translation>使用它</translation>
    </message>
    <message>
      <source>Use the name that the certificate is for; if that is what you did, do not sign in.</source>
      <translation>请使用证书上的名称；如果已经如此，请勿登录。</translation>
    </message>
    <message>
      <source>User before each command</source>
      <translation>每条命令前有用户名</translation>
    </message>
    <message>
      <source>User column</source>
      <translation>用户列</translation>
    </message>
    <message>
      <source>User column: detect</source>
      <translation>用户列：自动判断</translation>
    </message>
    <message>
      <source>User name</source>
      <translation>用户名</translation>
    </message>
    <message>
      <source>Users and tokens</source>
      <translation>用户与令牌</translation>
    </message>
    <message>
      <source>Value</source>
      <translation>值</translation>
    </message>
    <message>
      <source>Version</source>
      <translation>版本</translation>
    </message>
    <message>
      <source>Version %1</source>
      <translation>版本 %1</translation>
    </message>
    <message>
      <source>Viewer</source>
      <translation>查看者</translation>
    </message>
    <message>
      <source>Viewer: reads</source>
      <translation>查看者：只读</translation>
    </message>
    <message>
      <source>Views</source>
      <translation>视图</translation>
    </message>
    <message>
      <source>Wait a moment and try again.</source>
      <translation>请稍候再试。</translation>
    </message>
    <message>
      <source>Waited</source>
      <translation>等待</translation>
    </message>
    <message>
      <source>Waiting</source>
      <translation>等待中</translation>
    </message>
    <message>
      <source>Waiting p50, p95, p99</source>
      <translation>等待 p50、p95、p99</translation>
    </message>
    <message>
      <source>Waits for</source>
      <translation>等待</translation>
    </message>
    <message>
      <source>Waits for, one task a line (NAME, or NAME: failure, period)</source>
      <translation>等待的任务，每行一个（名称，或 名称: failure, period）</translation>
    </message>
    <message>
      <source>Week</source>
      <translation>周</translation>
    </message>
    <message>
      <source>Weekdays off</source>
      <translation>休息的星期</translation>
    </message>
    <message>
      <source>What</source>
      <translation>内容</translation>
    </message>
    <message>
      <source>What counts as alike</source>
      <translation>何为同类</translation>
    </message>
    <message>
      <source>What failed</source>
      <translation>当时的失败</translation>
    </message>
    <message>
      <source>What it is for</source>
      <translation>用途</translation>
    </message>
    <message>
      <source>What its command may take</source>
      <translation>命令可用的资源</translation>
    </message>
    <message>
      <source>What people change is listed here: who did what to which object, and when.</source>
      <translation>这里列出所有更改：谁在何时对哪个对象做了什么。</translation>
    </message>
    <message>
      <source>What runs it</source>
      <translation>执行器</translation>
    </message>
    <message>
      <source>What they did</source>
      <translation>查看其操作</translation>
    </message>
    <message>
      <source>What they hold is lost. A run whose result is among them is found by its worker's heartbeat.</source>
      <translation>其中的内容将丢失。若含有某次运行的结果，该运行会通过工作节点的心跳被发现。</translation>
    </message>
    <message>
      <source>What waited</source>
      <translation>当时的等待</translation>
    </message>
    <message>
      <source>What waits ends at once; what runs is told to end. This cannot be undone.</source>
      <translation>等待中的立即结束，运行中的会被要求结束。此操作无法撤销。</translation>
    </message>
    <message>
      <source>What you see is from %1.</source>
      <translation>当前显示的是 %1 的数据。</translation>
    </message>
    <message>
      <source>Whatever uses it is refused from now on.</source>
      <translation>使用它的程序从现在起会被拒绝。</translation>
    </message>
    <message>
      <source>When</source>
      <translation>时间</translation>
    </message>
    <message>
      <source>When its worker is lost</source>
      <translation>工作节点失联时</translation>
    </message>
    <message>
      <source>When the last run has not ended</source>
      <translation>上次运行尚未结束时</translation>
    </message>
    <message>
      <source>When times were missed</source>
      <translation>错过计划时间时</translation>
    </message>
    <message>
      <source>Where it runs, and how often at once</source>
      <translation>在哪里运行，同时多少个</translation>
    </message>
    <message>
      <source>Which replica dispatches, and since when</source>
      <translation>哪个副本在调度，自何时起</translation>
    </message>
    <message>
      <source>Who</source>
      <translation>谁</translation>
    </message>
    <message>
      <source>Why</source>
      <translation>原因</translation>
    </message>
    <message>
      <source>Window and notifications</source>
      <translation>窗口与通知</translation>
    </message>
    <message>
      <source>Without a schedule the task runs when it is triggered, or after another.</source>
      <translation>没有计划时，任务在被触发时或在其他任务之后运行。</translation>
    </message>
    <message>
      <source>Words, and label:team=ops, executor:http, priority:high, type:gpu</source>
      <translation>可输入文字，以及 label:team=ops、executor:http、priority:high、type:gpu</translation>
    </message>
    <message>
      <source>Worker</source>
      <translation>工作节点</translation>
    </message>
    <message>
      <source>Worker %1</source>
      <translation>工作节点 %1</translation>
    </message>
    <message>
      <source>Worker lost</source>
      <translation>工作节点失联</translation>
    </message>
    <message>
      <source>Worker, host, label or version</source>
      <translation>工作节点、主机、标签或版本</translation>
    </message>
    <message>
      <source>Workers</source>
      <translation>工作节点</translation>
    </message>
    <message>
      <source>Working directory</source>
      <translation>工作目录</translation>
    </message>
    <message>
      <source>Wrap long lines</source>
      <translation>长行自动换行</translation>
    </message>
    <message>
      <source>Write name=value, such as team=billing.</source>
      <translation>请写成 name=value，例如 team=billing。</translation>
    </message>
    <message>
      <source>Write times as a distance from now</source>
      <translation>以相对时间显示</translation>
    </message>
    <message>
      <source>Write times as dates</source>
      <translation>以日期显示时间</translation>
    </message>
    <message>
      <source>Writing the backup …</source>
      <translation>正在写入备份…</translation>
    </message>
    <message>
      <source>You are not signed in.</source>
      <translation>您尚未登录。</translation>
    </message>
    <message>
      <source>You have no crontab here.</source>
      <translation>您在此没有 crontab。</translation>
    </message>
    <message>
      <source>You may not do this.</source>
      <translation>您无权执行此操作。</translation>
    </message>
    <message>
      <source>Your sign-in is kept in the keyring of this system (%1), your password nowhere.</source>
      <translation>登录凭据保存在系统密钥环（%1）中，密码不会保存。</translation>
    </message>
    <message>
      <source>Your tokens</source>
      <translation>我的令牌</translation>
    </message>
    <message>
      <source>Zoom in</source>
      <translation>放大</translation>
    </message>
    <message>
      <source>Zoom out</source>
      <translation>缩小</translation>
    </message>
    <message>
      <source>a task has this name</source>
      <translation>已有同名任务</translation>
    </message>
    <message>
      <source>a worker</source>
      <translation>工作节点</translation>
    </message>
    <message>
      <source>a year</source>
      <translation>一年</translation>
    </message>
    <message>
      <source>after any end</source>
      <translation>结束后（不论结果）</translation>
    </message>
    <message>
      <source>after failure</source>
      <translation>失败后</translation>
    </message>
    <message>
      <source>after success</source>
      <translation>成功后</translation>
    </message>
    <message>
      <source>alert if not started in time</source>
      <translation>未按时启动则告警</translation>
    </message>
    <message>
      <source>all</source>
      <translation>全部</translation>
    </message>
    <message>
      <source>all of this rule</source>
      <translation>此规则的全部</translation>
    </message>
    <message>
      <source>arguments</source>
      <translation>参数</translation>
    </message>
    <message>
      <source>around %1</source>
      <translation>%1 的上下游</translation>
    </message>
    <message>
      <source>as numbered shards</source>
      <translation>作为编号分片</translation>
    </message>
    <message>
      <source>as written</source>
      <translation>按所写内容</translation>
    </message>
    <message>
      <source>at</source>
      <translation>时间</translation>
    </message>
    <message>
      <source>at minute</source>
      <translation>在第几分钟</translation>
    </message>
    <message>
      <source>attempt %1</source>
      <translation>第 %1 次尝试</translation>
    </message>
    <message>
      <source>backfill</source>
      <translation>补跑</translation>
    </message>
    <message>
      <source>becomes its group's runs</source>
      <translation>即将展开为组内的运行</translation>
    </message>
    <message>
      <source>blackouts</source>
      <translation>禁止时段</translation>
    </message>
    <message>
      <source>calendar</source>
      <translation>日历</translation>
    </message>
    <message>
      <source>came too late, changed nothing</source>
      <translation>来得太晚，没有影响</translation>
    </message>
    <message>
      <source>cancel it and run</source>
      <translation>取消它并运行</translation>
    </message>
    <message>
      <source>cancelled</source>
      <translation>取消</translation>
    </message>
    <message>
      <source>cancelling</source>
      <translation>正在取消</translation>
    </message>
    <message>
      <source>changed</source>
      <translation>修改</translation>
    </message>
    <message>
      <source>changed the priority</source>
      <translation>修改优先级</translation>
    </message>
    <message>
      <source>command</source>
      <translation>命令</translation>
    </message>
    <message>
      <source>concurrency group</source>
      <translation>并发组</translation>
    </message>
    <message>
      <source>count</source>
      <translation>数量</translation>
    </message>
    <message>
      <source>created</source>
      <translation>创建</translation>
    </message>
    <message>
      <source>critical</source>
      <translation>紧急</translation>
    </message>
    <message>
      <source>d MMM</source>
      <translation>M月d日</translation>
    </message>
    <message>
      <source>d MMM yyyy</source>
      <translation>yyyy年M月d日</translation>
    </message>
    <message>
      <source>days that runs are kept</source>
      <translation>运行保留天数</translation>
    </message>
    <message>
      <source>ddd d</source>
      <translation>ddd d</translation>
    </message>
    <message>
      <source>ddd d MMM</source>
      <translation>M月d日 ddd</translation>
    </message>
    <message>
      <source>dddd d MMMM</source>
      <translation>M月d日 dddd</translation>
    </message>
    <message>
      <source>definition</source>
      <translation>定义</translation>
    </message>
    <message>
      <source>deleted</source>
      <translation>删除</translation>
    </message>
    <message>
      <source>dependencies</source>
      <translation>依赖</translation>
    </message>
    <message>
      <source>description</source>
      <translation>说明</translation>
    </message>
    <message>
      <source>disabled</source>
      <translation>已停用</translation>
    </message>
    <message>
      <source>distribution</source>
      <translation>分发方式</translation>
    </message>
    <message>
      <source>does not answer</source>
      <translation>没有应答</translation>
    </message>
    <message>
      <source>doubles each time</source>
      <translation>每次加倍</translation>
    </message>
    <message>
      <source>drained</source>
      <translation>排空</translation>
    </message>
    <message>
      <source>due</source>
      <translation>到期</translation>
    </message>
    <message>
      <source>due, but no run</source>
      <translation>到期但没有运行</translation>
    </message>
    <message>
      <source>duration p95</source>
      <translation>时长 p95</translation>
    </message>
    <message>
      <source>e-mail</source>
      <translation>电子邮件</translation>
    </message>
    <message>
      <source>enabled</source>
      <translation>已启用</translation>
    </message>
    <message>
      <source>end of %1</source>
      <translation>%1 结束</translation>
    </message>
    <message>
      <source>ended from %1 to %2</source>
      <translation>%1 至 %2 之间结束</translation>
    </message>
    <message>
      <source>ended the silence</source>
      <translation>结束静默</translation>
    </message>
    <message>
      <source>environment</source>
      <translation>环境变量</translation>
    </message>
    <message>
      <source>every</source>
      <translation>每隔</translation>
    </message>
    <message>
      <source>every day</source>
      <translation>每天</translation>
    </message>
    <message>
      <source>every few minutes</source>
      <translation>每隔几分钟</translation>
    </message>
    <message>
      <source>every hour</source>
      <translation>每小时</translation>
    </message>
    <message>
      <source>every month</source>
      <translation>每月</translation>
    </message>
    <message>
      <source>everything</source>
      <translation>全部类型</translation>
    </message>
    <message>
      <source>executor</source>
      <translation>执行器</translation>
    </message>
    <message>
      <source>exit code %1</source>
      <translation>退出码 %1</translation>
    </message>
    <message>
      <source>exit codes that are tried again</source>
      <translation>会重试的退出码</translation>
    </message>
    <message>
      <source>expected duration</source>
      <translation>预期时长</translation>
    </message>
    <message>
      <source>failed</source>
      <translation>失败</translation>
    </message>
    <message>
      <source>failure</source>
      <translation>失败</translation>
    </message>
    <message>
      <source>failure of %1</source>
      <translation>%1 失败</translation>
    </message>
    <message>
      <source>failures that stop the schedule</source>
      <translation>使计划停止的连续失败数</translation>
    </message>
    <message>
      <source>fields</source>
      <translation>字段</translation>
    </message>
    <message>
      <source>first delay between retries</source>
      <translation>首次重试间隔</translation>
    </message>
    <message>
      <source>folder</source>
      <translation>文件夹</translation>
    </message>
    <message>
      <source>free slot: %1 of %2 in use</source>
      <translation>空闲槽位：已用 %1/%2</translation>
    </message>
    <message>
      <source>frequent ones are estimated</source>
      <translation>频繁的任务为估算值</translation>
    </message>
    <message>
      <source>goes at once</source>
      <translation>马上开始</translation>
    </message>
    <message>
      <source>growth of the delay</source>
      <translation>间隔增长方式</translation>
    </message>
    <message>
      <source>has left the queue</source>
      <translation>已离开队列</translation>
    </message>
    <message>
      <source>has not run yet</source>
      <translation>尚未运行</translation>
    </message>
    <message>
      <source>high</source>
      <translation>高</translation>
    </message>
    <message>
      <source>in %1</source>
      <translation>%1后</translation>
    </message>
    <message>
      <source>in process</source>
      <translation>进程内</translation>
    </message>
    <message>
      <source>in use</source>
      <translation>已用</translation>
    </message>
    <message>
      <source>in your time zone</source>
      <translation>按您的时区</translation>
    </message>
    <message>
      <source>is being cancelled on %1</source>
      <translation>正在 %1 上取消</translation>
    </message>
    <message>
      <source>is left out</source>
      <translation>略过</translation>
    </message>
    <message>
      <source>is not JSON: %1</source>
      <translation>不是 JSON：%1</translation>
    </message>
    <message>
      <source>labels</source>
      <translation>标签</translation>
    </message>
    <message>
      <source>labels of workers</source>
      <translation>工作节点标签</translation>
    </message>
    <message>
      <source>last</source>
      <translation>最后一天</translation>
    </message>
    <message>
      <source>last run of its task has not ended</source>
      <translation>该任务的上一次运行尚未结束</translation>
    </message>
    <message>
      <source>late</source>
      <translation>未按时</translation>
    </message>
    <message>
      <source>left out</source>
      <translation>已略过</translation>
    </message>
    <message>
      <source>let it fail (at most once)</source>
      <translation>记为失败（至多一次）</translation>
    </message>
    <message>
      <source>let them go</source>
      <translation>放弃</translation>
    </message>
    <message>
      <source>limit of group %3: %1 of %2</source>
      <translation>并发组 %3 的上限：%1/%2</translation>
    </message>
    <message>
      <source>limit of its task: %1 of %2</source>
      <translation>任务的并发上限：%1/%2</translation>
    </message>
    <message>
      <source>longest delay</source>
      <translation>最长间隔</translation>
    </message>
    <message>
      <source>longest wait</source>
      <translation>最长等待</translation>
    </message>
    <message>
      <source>low</source>
      <translation>低</translation>
    </message>
    <message>
      <source>made runs</source>
      <translation>批量创建运行</translation>
    </message>
    <message>
      <source>many</source>
      <translation>很多</translation>
    </message>
    <message>
      <source>missed</source>
      <translation>错过</translation>
    </message>
    <message>
      <source>missed occurrences</source>
      <translation>错过了执行时间</translation>
    </message>
    <message>
      <source>more at once than slots</source>
      <translation>同时到期数超过槽位</translation>
    </message>
    <message>
      <source>more than 10,000 runs</source>
      <translation>超过 10,000 次运行</translation>
    </message>
    <message>
      <source>more were left out</source>
      <translation>还有更多被略去</translation>
    </message>
    <message>
      <source>most CPU time</source>
      <translation>CPU 时间上限</translation>
    </message>
    <message>
      <source>most memory</source>
      <translation>内存上限</translation>
    </message>
    <message>
      <source>most open files</source>
      <translation>打开文件上限</translation>
    </message>
    <message>
      <source>most runs at once</source>
      <translation>最多同时运行</translation>
    </message>
    <message>
      <source>moves to the next working day</source>
      <translation>顺延到下一个工作日</translation>
    </message>
    <message>
      <source>must be a whole number, such as 10</source>
      <translation>必须是整数，例如 10</translation>
    </message>
    <message>
      <source>name</source>
      <translation>名称</translation>
    </message>
    <message>
      <source>never</source>
      <translation>从未</translation>
    </message>
    <message>
      <source>newest runs kept</source>
      <translation>保留的最新运行数</translation>
    </message>
    <message>
      <source>next try at %4</source>
      <translation>下次尝试：%4</translation>
    </message>
    <message>
      <source>no</source>
      <translation>否</translation>
    </message>
    <message>
      <source>no connection</source>
      <translation>无连接</translation>
    </message>
    <message>
      <source>no data</source>
      <translation>无数据</translation>
    </message>
    <message>
      <source>no online worker can take it</source>
      <translation>没有在线的工作节点能运行它</translation>
    </message>
    <message>
      <source>no run</source>
      <translation>无运行</translation>
    </message>
    <message>
      <source>no schedule</source>
      <translation>无计划</translation>
    </message>
    <message>
      <source>none</source>
      <translation>无</translation>
    </message>
    <message>
      <source>none found</source>
      <translation>没有找到</translation>
    </message>
    <message>
      <source>normal</source>
      <translation>普通</translation>
    </message>
    <message>
      <source>not after</source>
      <translation>不晚于</translation>
    </message>
    <message>
      <source>not before</source>
      <translation>不早于</translation>
    </message>
    <message>
      <source>not known</source>
      <translation>未知</translation>
    </message>
    <message>
      <source>not tried yet</source>
      <translation>尚未尝试</translation>
    </message>
    <message>
      <source>not yet sent</source>
      <translation>尚未发送</translation>
    </message>
    <message>
      <source>nothing</source>
      <translation>无</translation>
    </message>
    <message>
      <source>now</source>
      <translation>刚刚</translation>
    </message>
    <message>
      <source>number of shards</source>
      <translation>分片数</translation>
    </message>
    <message>
      <source>of %1 slots</source>
      <translation>共 %1 个槽位</translation>
    </message>
    <message>
      <source>of a whole period</source>
      <translation>整个周期</translation>
    </message>
    <message>
      <source>oldest</source>
      <translation>最久</translation>
    </message>
    <message>
      <source>oldest %1</source>
      <translation>最久 %1</translation>
    </message>
    <message>
      <source>on %1</source>
      <translation>在 %1 上运行</translation>
    </message>
    <message>
      <source>on a day off</source>
      <translation>休息日的处理</translation>
    </message>
    <message>
      <source>on day</source>
      <translation>日期</translation>
    </message>
    <message>
      <source>on days of the week</source>
      <translation>每周指定日</translation>
    </message>
    <message>
      <source>on one worker</source>
      <translation>在一个工作节点上</translation>
    </message>
    <message>
      <source>once on every matching worker</source>
      <translation>在每个匹配的工作节点上各一次</translation>
    </message>
    <message>
      <source>only %1</source>
      <translation>仅 %1</translation>
    </message>
    <message>
      <source>only on %1</source>
      <translation>仅在 %1</translation>
    </message>
    <message>
      <source>pace of its backfill: %1 of %2</source>
      <translation>补跑的节奏：%1/%2</translation>
    </message>
    <message>
      <source>paused</source>
      <translation>已暂停</translation>
    </message>
    <message>
      <source>policy</source>
      <translation>策略</translation>
    </message>
    <message>
      <source>priority</source>
      <translation>优先级</translation>
    </message>
    <message>
      <source>queue</source>
      <translation>队列</translation>
    </message>
    <message>
      <source>ran</source>
      <translation>已运行</translation>
    </message>
    <message>
      <source>ran again</source>
      <translation>重新运行</translation>
    </message>
    <message>
      <source>ran by hand</source>
      <translation>手动运行</translation>
    </message>
    <message>
      <source>ran for past times</source>
      <translation>补跑</translation>
    </message>
    <message>
      <source>rate of group %3, until %4</source>
      <translation>并发组 %3 的速率，到 %4 为止</translation>
    </message>
    <message>
      <source>reason</source>
      <translation>原因</translation>
    </message>
    <message>
      <source>removed</source>
      <translation>移除</translation>
    </message>
    <message>
      <source>resumed</source>
      <translation>恢复</translation>
    </message>
    <message>
      <source>retries</source>
      <translation>重试次数</translation>
    </message>
    <message>
      <source>retry after a timeout</source>
      <translation>超时后重试</translation>
    </message>
    <message>
      <source>run</source>
      <translation>运行</translation>
    </message>
    <message>
      <source>run %1</source>
      <translation>运行 %1</translation>
    </message>
    <message>
      <source>run %1 of %2</source>
      <translation>%2 的运行 %1</translation>
    </message>
    <message>
      <source>run beside it</source>
      <translation>同时运行</translation>
    </message>
    <message>
      <source>run for each of them</source>
      <translation>逐个补跑</translation>
    </message>
    <message>
      <source>run it again elsewhere (at least once)</source>
      <translation>在别处重新运行（至少一次）</translation>
    </message>
    <message>
      <source>run once for all of them</source>
      <translation>合并运行一次</translation>
    </message>
    <message>
      <source>running</source>
      <translation>运行中</translation>
    </message>
    <message>
      <source>runs</source>
      <translation>运行</translation>
    </message>
    <message>
      <source>runs for %1</source>
      <translation>已运行 %1</translation>
    </message>
    <message>
      <source>saved</source>
      <translation>保存</translation>
    </message>
    <message>
      <source>schedule</source>
      <translation>计划</translation>
    </message>
    <message>
      <source>searching …</source>
      <translation>正在查找…</translation>
    </message>
    <message>
      <source>set up</source>
      <translation>初始设置</translation>
    </message>
    <message>
      <source>silenced</source>
      <translation>静默</translation>
    </message>
    <message>
      <source>skip this time</source>
      <translation>跳过这一次</translation>
    </message>
    <message>
      <source>slots</source>
      <translation>槽位</translation>
    </message>
    <message>
      <source>slow</source>
      <translation>过慢</translation>
    </message>
    <message>
      <source>spread</source>
      <translation>分散</translation>
    </message>
    <message>
      <source>started at once</source>
      <translation>立即启动</translation>
    </message>
    <message>
      <source>starts per minute</source>
      <translation>每分钟启动数</translation>
    </message>
    <message>
      <source>status</source>
      <translation>状态</translation>
    </message>
    <message>
      <source>stays the same</source>
      <translation>保持不变</translation>
    </message>
    <message>
      <source>succeeded</source>
      <translation>成功</translation>
    </message>
    <message>
      <source>success of %1</source>
      <translation>%1 成功</translation>
    </message>
    <message>
      <source>target %1 ms</source>
      <translation>目标 %1 毫秒</translation>
    </message>
    <message>
      <source>task %1</source>
      <translation>任务 %1</translation>
    </message>
    <message>
      <source>task type</source>
      <translation>任务类型</translation>
    </message>
    <message>
      <source>taskdeck:// links in chats and mails open their task or run in this console.</source>
      <translation>聊天和邮件中的 taskdeck:// 链接会在此控制台中打开对应的任务或运行。</translation>
    </message>
    <message>
      <source>the first %1</source>
      <translation>前 %1 个</translation>
    </message>
    <message>
      <source>the same</source>
      <translation>相同</translation>
    </message>
    <message>
      <source>the same folder</source>
      <translation>同一文件夹</translation>
    </message>
    <message>
      <source>the same task</source>
      <translation>同一任务</translation>
    </message>
    <message>
      <source>thick, in a ring: of a whole period</source>
      <translation>粗线加圈：整个周期</translation>
    </message>
    <message>
      <source>this console</source>
      <translation>本控制台</translation>
    </message>
    <message>
      <source>time for all tries</source>
      <translation>所有尝试的总时限</translation>
    </message>
    <message>
      <source>time zone</source>
      <translation>时区</translation>
    </message>
    <message>
      <source>timed out</source>
      <translation>超时</translation>
    </message>
    <message>
      <source>timed out after %1 s</source>
      <translation>%1 秒后超时</translation>
    </message>
    <message>
      <source>timeout</source>
      <translation>超时</translation>
    </message>
    <message>
      <source>unnamed</source>
      <translation>未命名</translation>
    </message>
    <message>
      <source>up for %1</source>
      <translation>已运行 %1</translation>
    </message>
    <message>
      <source>wait for it, all of them</source>
      <translation>等待其结束，全部保留</translation>
    </message>
    <message>
      <source>wait for it, one at most</source>
      <translation>等待其结束，最多保留一个</translation>
    </message>
    <message>
      <source>waiting from %1 to %2</source>
      <translation>%1 至 %2 之间在等待</translation>
    </message>
    <message>
      <source>waiting p95</source>
      <translation>等待 p95</translation>
    </message>
    <message>
      <source>webhook</source>
      <translation>webhook</translation>
    </message>
    <message>
      <source>when its worker is lost</source>
      <translation>工作节点失联时</translation>
    </message>
    <message>
      <source>when the last run has not ended</source>
      <translation>上次运行尚未结束时</translation>
    </message>
    <message>
      <source>when times were missed</source>
      <translation>错过计划时间时</translation>
    </message>
    <message>
      <source>working directory</source>
      <translation>工作目录</translation>
    </message>
    <message>
      <source>yes</source>
      <translation>是</translation>
    </message>
    <message>
      <source>yours, %1</source>
      <translation>您的时区，%1</translation>
    </message>
  </context>
</TS>
