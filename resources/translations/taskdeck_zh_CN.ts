<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
  <context>
    <name>taskdeck</name>
    <message>
      <source> (set for this run)</source>
      <translation>（本次运行指定）</translation>
    </message>
    <message>
      <source> min</source>
      <translation> 分钟</translation>
    </message>
    <message>
      <source>%1  in %2</source>
      <translation>%1（%2）</translation>
    </message>
    <message>
      <source>%1 %2</source>
      <translation>%2 %1 次</translation>
    </message>
    <message>
      <source>%1 (%2)</source>
      <translation>%1（%2）</translation>
    </message>
    <message>
      <source>%1 (in %2)</source>
      <translation>%1（限 %2）</translation>
    </message>
    <message>
      <source>%1 (last run: %2)</source>
      <translation>%1（上次运行：%2）</translation>
    </message>
    <message>
      <source>%1 (not set)</source>
      <translation>%1（未设置）</translation>
    </message>
    <message>
      <source>%1 (whole period)</source>
      <translation>%1（整个周期）</translation>
    </message>
    <message>
      <source>%1 MiB</source>
      <translation>%1 MiB</translation>
    </message>
    <message>
      <source>%1 MiB of memory</source>
      <translation>内存 %1 MiB</translation>
    </message>
    <message>
      <source>%1 ago</source>
      <translation>%1前</translation>
    </message>
    <message>
      <source>%1 alerts</source>
      <translation>%1 个告警</translation>
    </message>
    <message>
      <source>%1 alerts acknowledged</source>
      <translation>已确认 %1 个告警</translation>
    </message>
    <message>
      <source>%1 already runs after %2.</source>
      <translation>%1 已设置为在 %2 之后运行。</translation>
    </message>
    <message>
      <source>%1 and %2 others</source>
      <translation>%1 及其他 %2 个</translation>
    </message>
    <message>
      <source>%1 are almost used up</source>
      <translation>%1即将耗尽</translation>
    </message>
    <message>
      <source>%1 at most</source>
      <translation>最多 %1 个</translation>
    </message>
    <message>
      <source>%1 attempts</source>
      <translation>%1 次尝试</translation>
    </message>
    <message>
      <source>%1 cannot be deleted: other tasks depend on it (%2). Remove those dependencies first.</source>
      <translation>无法删除 %1：有其他任务依赖它（%2）。请先移除这些依赖。</translation>
    </message>
    <message>
      <source>%1 cannot be sent</source>
      <translation>无法发送%1</translation>
    </message>
    <message>
      <source>%1 cannot run after %2, which already runs after it: %3.</source>
      <translation>%1 不能在 %2 之后运行，因为 %2 已在它之后运行：%3。</translation>
    </message>
    <message>
      <source>%1 cannot run after itself.</source>
      <translation>%1 不能依赖自身。</translation>
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
      <source>%1 d %2 h</source>
      <translation>%1 天 %2 小时</translation>
    </message>
    <message>
      <source>%1 days</source>
      <translation>%1 天</translation>
    </message>
    <message>
      <source>%1 did not start on time</source>
      <translation>%1 未按时启动</translation>
    </message>
    <message>
      <source>%1 does not belong to a saved connection.</source>
      <translation>%1 不属于任何已保存的连接。</translation>
    </message>
    <message>
      <source>%1 draining</source>
      <translation>%1 个排空中</translation>
    </message>
    <message>
      <source>%1 due</source>
      <translation>%1 次待运行</translation>
    </message>
    <message>
      <source>%1 due at %2, %3 slots</source>
      <translation>%2 有 %1 次待运行，槽位 %3 个</translation>
    </message>
    <message>
      <source>%1 entries</source>
      <translation>%1 条记录</translation>
    </message>
    <message>
      <source>%1 failed</source>
      <translation>%1 失败</translation>
    </message>
    <message>
      <source>%1 failed and was replaced by what is built in</source>
      <translation>%1 出错，已改用内置实现</translation>
    </message>
    <message>
      <source>%1 failed and was restarted</source>
      <translation>%1 出错，已重新启动</translation>
    </message>
    <message>
      <source>%1 failed, the first for this reason</source>
      <translation>%1 个失败，第一个的原因是</translation>
    </message>
    <message>
      <source>%1 failures in a row</source>
      <translation>连续失败 %1 次</translation>
    </message>
    <message>
      <source>%1 faults</source>
      <translation>%1 项故障</translation>
    </message>
    <message>
      <source>%1 faults, newest: %2</source>
      <translation>%1 个故障，最新：%2</translation>
    </message>
    <message>
      <source>%1 follows its last run, so it has no occurrences of its own.</source>
      <translation>%1 的计划取决于上一次运行，没有固定的计划时间。</translation>
    </message>
    <message>
      <source>%1 for %2</source>
      <translation>%1，已 %2</translation>
    </message>
    <message>
      <source>%1 gets the permission “%2” in every folder.</source>
      <translation>%1 将在每个文件夹中获得“%2”权限。</translation>
    </message>
    <message>
      <source>%1 h</source>
      <translation>%1 小时</translation>
    </message>
    <message>
      <source>%1 h %2 min</source>
      <translation>%1 小时 %2 分钟</translation>
    </message>
    <message>
      <source>%1 had already ended.</source>
      <translation>%1 个已经结束。</translation>
    </message>
    <message>
      <source>%1 had already started.</source>
      <translation>%1 个已经开始。</translation>
    </message>
    <message>
      <source>%1 has %2 bytes with its name, and at most %3 are possible. Put the value into a file.</source>
      <translation>%1 连同名称共 %2 字节，最多允许 %3 字节。请将值写入文件。</translation>
    </message>
    <message>
      <source>%1 has no effect with the executor %2. Remove it.</source>
      <translation>%1 对执行器 %2 不起作用，请删除。</translation>
    </message>
    <message>
      <source>%1 has no password here: it signs in with the provider, or belongs to this computer.</source>
      <translation>%1 在此没有密码：该用户通过身份提供方登录，或属于本机。</translation>
    </message>
    <message>
      <source>%1 has no schedule, so it has no occurrences to run.</source>
      <translation>%1 没有设置计划，没有可补跑的计划时间。</translation>
    </message>
    <message>
      <source>%1 has occurrences that were left out</source>
      <translation>%1 有未补跑的触发时刻</translation>
    </message>
    <message>
      <source>%1 have been changed since and stay as they are.</source>
      <translation>%1 个此后已被修改，保持不变。</translation>
    </message>
    <message>
      <source>%1 have not ended yet.</source>
      <translation>%1 个尚未结束。</translation>
    </message>
    <message>
      <source>%1 have schedules that cannot be evaluated.</source>
      <translation>%1 个的计划无法解析。</translation>
    </message>
    <message>
      <source>%1 in the last hour</source>
      <translation>最近一小时 %1 次</translation>
    </message>
    <message>
      <source>%1 is longer than ten years.</source>
      <translation>%1 超过 10 年。</translation>
    </message>
    <message>
      <source>%1 is no longer paused</source>
      <translation>%1 不再暂停</translation>
    </message>
    <message>
      <source>%1 is not a duration. Use a number with s, m, h, d or w, such as 1h30m.</source>
      <translation>%1 不是有效的时长。请使用数字加 s、m、h、d 或 w，例如 1h30m。</translation>
    </message>
    <message>
      <source>%1 is not a time. Use 2026-12-24 18:00 UTC, or another time zone by its name.</source>
      <translation>%1 不是有效的时间。请使用 2026-12-24 18:00 UTC 这样的格式，也可以写其他时区的名称。</translation>
    </message>
    <message>
      <source>%1 is not a time. Use “at 2026-12-24T18:00”, with commas between several.</source>
      <translation>%1 不是有效的时间。请使用“at 2026-12-24T18:00”，多个时间以逗号分隔。</translation>
    </message>
    <message>
      <source>%1 is not a valid address: %2</source>
      <translation>%1 不是有效的地址：%2</translation>
    </message>
    <message>
      <source>%1 is not a variable name. Use letters, digits and _, and do not begin with a digit.</source>
      <translation>%1 不是有效的变量名。只能使用字母、数字和 _，且不能以数字开头。</translation>
    </message>
    <message>
      <source>%1 is not between one second and ten years.</source>
      <translation>%1 不在 1 秒到 10 年之间。</translation>
    </message>
    <message>
      <source>%1 is not imported. Set a random delay on the tasks.</source>
      <translation>%1 不会导入。请为任务设置随机延迟。</translation>
    </message>
    <message>
      <source>%1 is not retried again</source>
      <translation>%1 不再重试</translation>
    </message>
    <message>
      <source>%1 keys revoked.</source>
      <translation>已吊销 %1 个密钥。</translation>
    </message>
    <message>
      <source>%1 left a process that could not be ended</source>
      <translation>%1 留下了无法终止的进程</translation>
    </message>
    <message>
      <source>%1 lines</source>
      <translation>%1 行</translation>
    </message>
    <message>
      <source>%1 lost</source>
      <translation>%1 个失联</translation>
    </message>
    <message>
      <source>%1 messages could not be processed and are in the dead letters. All others were processed.</source>
      <translation>有 %1 条消息无法处理，已转入死信。其余消息不受影响。</translation>
    </message>
    <message>
      <source>%1 min</source>
      <translation>%1 分钟</translation>
    </message>
    <message>
      <source>%1 min %2 s</source>
      <translation>%1 分 %2 秒</translation>
    </message>
    <message>
      <source>%1 missed</source>
      <translation>错过 %1 次</translation>
    </message>
    <message>
      <source>%1 more faults, newest: %2</source>
      <translation>又有 %1 个故障，最新：%2</translation>
    </message>
    <message>
      <source>%1 ms</source>
      <translation>%1 毫秒</translation>
    </message>
    <message>
      <source>%1 needed no change.</source>
      <translation>%1 个无需更改。</translation>
    </message>
    <message>
      <source>%1 new</source>
      <translation>新增 %1</translation>
    </message>
    <message>
      <source>%1 new alerts</source>
      <translation>%1 条新告警</translation>
    </message>
    <message>
      <source>%1 no longer exist.</source>
      <translation>%1 个已不存在。</translation>
    </message>
    <message>
      <source>%1 no longer runs longer than expected</source>
      <translation>%1 的运行时间不再超出预期</translation>
    </message>
    <message>
      <source>%1 of %2</source>
      <translation>%1/%2</translation>
    </message>
    <message>
      <source>%1 of %2 entries</source>
      <translation>%2 条记录中的 %1 条</translation>
    </message>
    <message>
      <source>%1 of %2 runs</source>
      <translation>%1 / %2 次运行</translation>
    </message>
    <message>
      <source>%1 of %2 slots in use</source>
      <translation>已用 %1/%2 个槽位</translation>
    </message>
    <message>
      <source>%1 of %2 tasks</source>
      <translation>%1 / %2 个任务</translation>
    </message>
    <message>
      <source>%1 of %2 tasks were created.</source>
      <translation>已创建 %2 个任务中的 %1 个。</translation>
    </message>
    <message>
      <source>%1 of %2 tasks. Focus on a task to see others.</source>
      <translation>显示 %2 个任务中的 %1 个，聚焦某个任务可查看其余任务</translation>
    </message>
    <message>
      <source>%1 online</source>
      <translation>%1 个在线</translation>
    </message>
    <message>
      <source>%1 online, %2 of %3 slots in use</source>
      <translation>%1 个在线，已用 %2/%3 个槽位</translation>
    </message>
    <message>
      <source>%1 open files</source>
      <translation>打开文件数 %1</translation>
    </message>
    <message>
      <source>%1 or more</source>
      <translation>%1 个或更多</translation>
    </message>
    <message>
      <source>%1 overdue</source>
      <translation>已逾期 %1</translation>
    </message>
    <message>
      <source>%1 processes</source>
      <translation>进程数 %1</translation>
    </message>
    <message>
      <source>%1 processors</source>
      <translation>处理器数 %1</translation>
    </message>
    <message>
      <source>%1 recovered</source>
      <translation>%1 已恢复正常</translation>
    </message>
    <message>
      <source>%1 refused the sign-in of %2: check the user name and the password, or sign in with %3.</source>
      <translation>%1 拒绝了 %2 的登录：请检查用户名和密码，或使用 %3 登录。</translation>
    </message>
    <message>
      <source>%1 refused the sign-in of %2: check the user name and the password.</source>
      <translation>%1 拒绝了 %2 的登录：请检查用户名和密码。</translation>
    </message>
    <message>
      <source>%1 running</source>
      <translation>%1 个运行中</translation>
    </message>
    <message>
      <source>%1 running · %2 waiting · %3 failed in the last hour</source>
      <translation>%1 个运行中 · %2 个等待中 · 最近一小时 %3 个失败</translation>
    </message>
    <message>
      <source>%1 runs</source>
      <translation>%1 次运行</translation>
    </message>
    <message>
      <source>%1 runs after %2</source>
      <translation>%1 在 %2 之后运行</translation>
    </message>
    <message>
      <source>%1 runs after a run of %2 has ended, whatever the outcome.</source>
      <translation>%2 的一次运行结束后（不论结果），%1 运行。</translation>
    </message>
    <message>
      <source>%1 runs after a run of %2 has failed.</source>
      <translation>%2 的一次运行失败后，%1 运行。</translation>
    </message>
    <message>
      <source>%1 runs after a run of %2 has succeeded.</source>
      <translation>%2 的一次运行成功后，%1 运行。</translation>
    </message>
    <message>
      <source>%1 runs after all runs of %2 in the period of its schedule have ended, whatever the outcome.</source>
      <translation>在 %1 的计划周期内，%2 的所有运行都结束后（不论结果），%1 运行。</translation>
    </message>
    <message>
      <source>%1 runs after all runs of %2 in the period of its schedule have failed.</source>
      <translation>在 %1 的计划周期内，%2 的所有运行都失败后，%1 运行。</translation>
    </message>
    <message>
      <source>%1 runs after all runs of %2 in the period of its schedule have succeeded.</source>
      <translation>在 %1 的计划周期内，%2 的所有运行都成功后，%1 运行。</translation>
    </message>
    <message>
      <source>%1 runs cancelled.</source>
      <translation>已取消 %1 次运行。</translation>
    </message>
    <message>
      <source>%1 runs created.</source>
      <translation>已创建 %1 次运行。</translation>
    </message>
    <message>
      <source>%1 runs longer than expected</source>
      <translation>%1 的运行时间超出预期</translation>
    </message>
    <message>
      <source>%1 runs start now.</source>
      <translation>%1 次运行将立即开始。</translation>
    </message>
    <message>
      <source>%1 runs started again.</source>
      <translation>已重新运行 %1 次。</translation>
    </message>
    <message>
      <source>%1 s</source>
      <translation>%1 秒</translation>
    </message>
    <message>
      <source>%1 s of CPU time</source>
      <translation>CPU 时间 %1 秒</translation>
    </message>
    <message>
      <source>%1 s of run time</source>
      <translation>运行时间 %1 秒</translation>
    </message>
    <message>
      <source>%1 selected</source>
      <translation>已选 %1 项</translation>
    </message>
    <message>
      <source>%1 shards</source>
      <translation>%1 个分片</translation>
    </message>
    <message>
      <source>%1 signs in with the provider and has no password.</source>
      <translation>%1 通过身份提供商登录，没有密码。</translation>
    </message>
    <message>
      <source>%1 silences</source>
      <translation>%1 个静默</translation>
    </message>
    <message>
      <source>%1 starts on time again</source>
      <translation>%1 已恢复按时启动</translation>
    </message>
    <message>
      <source>%1 stay, because other tasks depend on them.</source>
      <translation>%1 个被其他任务依赖，因此保留。</translation>
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
      <source>%1 tasks deleted.</source>
      <translation>已删除 %1 个任务。</translation>
    </message>
    <message>
      <source>%1 tasks, %2 dependencies</source>
      <translation>%1 个任务，%2 条依赖</translation>
    </message>
    <message>
      <source>%1 times as long</source>
      <translation>为对比运行的 %1 倍</translation>
    </message>
    <message>
      <source>%1 to %2</source>
      <translation>%1至 %2</translation>
    </message>
    <message>
      <source>%1 to end</source>
      <translation>%1 结束</translation>
    </message>
    <message>
      <source>%1 to fail</source>
      <translation>%1 失败</translation>
    </message>
    <message>
      <source>%1 to succeed</source>
      <translation>%1 成功</translation>
    </message>
    <message>
      <source>%1 users</source>
      <translation>%1 个用户</translation>
    </message>
    <message>
      <source>%1 waiting</source>
      <translation>%1 个等待中</translation>
    </message>
    <message>
      <source>%1 was corrected</source>
      <translation>%1 已被更正</translation>
    </message>
    <message>
      <source>%1 was created.</source>
      <translation>已创建 %1。</translation>
    </message>
    <message>
      <source>%1 was held for too long</source>
      <translation>%1 被阻塞过久</translation>
    </message>
    <message>
      <source>%1 was paused</source>
      <translation>%1 已暂停</translation>
    </message>
    <message>
      <source>%1 was refused</source>
      <translation>%1 已被拒绝</translation>
    </message>
    <message>
      <source>%1 was saved.</source>
      <translation>已保存 %1。</translation>
    </message>
    <message>
      <source>%1 was set aside</source>
      <translation>%1 已被搁置</translation>
    </message>
    <message>
      <source>%1 were already active.</source>
      <translation>%1 个本来就已启用。</translation>
    </message>
    <message>
      <source>%1 were already paused.</source>
      <translation>%1 个之前已暂停。</translation>
    </message>
    <message>
      <source>%1 were not permitted by your role.</source>
      <translation>%1 个因权限不足未执行。</translation>
    </message>
    <message>
      <source>%1 workers drain.</source>
      <translation>%1 个工作节点不再接收新运行。</translation>
    </message>
    <message>
      <source>%1 workers get runs again.</source>
      <translation>%1 个工作节点恢复接收运行。</translation>
    </message>
    <message>
      <source>%1 workers removed.</source>
      <translation>已移除 %1 个工作节点。</translation>
    </message>
    <message>
      <source>%1 · %2 left out</source>
      <translation>%1 · 略去 %2</translation>
    </message>
    <message>
      <source>%1 · empty in about %2 at %3</source>
      <translation>%1 · 按 %3 计，约 %2后清空</translation>
    </message>
    <message>
      <source>%1 · empty in more than 30 days at %2</source>
      <translation>%1 · 按 %2 计，30 天以上才能清空</translation>
    </message>
    <message>
      <source>%1 · no run ended in the last minute</source>
      <translation>%1 · 最近一分钟内没有运行结束</translation>
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
      <source>%1 ×%2</source>
      <translation>%1 ×%2</translation>
    </message>
    <message>
      <source>%1%</source>
      <translation>%1%</translation>
    </message>
    <message>
      <source>%1% of the duration</source>
      <translation>为对比运行的 %1%</translation>
    </message>
    <message>
      <source>%1+</source>
      <translation>%1+</translation>
    </message>
    <message>
      <source>%1, %2</source>
      <translation>%1、%2</translation>
    </message>
    <message>
      <source>%1, %2 errors</source>
      <translation>%1，%2 处错误</translation>
    </message>
    <message>
      <source>%1, %2–%3</source>
      <translation>%1 %2–%3</translation>
    </message>
    <message>
      <source>%1, 1 error</source>
      <translation>%1，1 处错误</translation>
    </message>
    <message>
      <source>%1, after %2</source>
      <translation>%1，耗时 %2</translation>
    </message>
    <message>
      <source>%1.</source>
      <translation>%1。</translation>
    </message>
    <message>
      <source>%1/h</source>
      <translation>%1/小时</translation>
    </message>
    <message>
      <source>%1/min</source>
      <translation>%1/分钟</translation>
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
      <translation>%1：已用 %2/%3 个槽位</translation>
    </message>
    <message>
      <source>%1: %2 → %3</source>
      <translation>%1：%2 → %3</translation>
    </message>
    <message>
      <source>%1: delivered</source>
      <translation>%1：已送达</translation>
    </message>
    <message>
      <source>%1: no data.</source>
      <translation>%1：无数据。</translation>
    </message>
    <message>
      <source>%1: not delivered: %2</source>
      <translation>%1：未送达：%2</translation>
    </message>
    <message>
      <source>%1: sending a test message…</source>
      <translation>%1：正在发送测试消息…</translation>
    </message>
    <message>
      <source>%1: up to %2 waiting, %3 succeeded, %4 failed.</source>
      <translation>%1：最多 %2 个等待，%3 个成功，%4 个失败。</translation>
    </message>
    <message>
      <source>%1: “%2” was saved as an empty text.</source>
      <translation>%1：“%2”保存为空文本。</translation>
    </message>
    <message>
      <source>%1: “%2” was saved as “%3”.</source>
      <translation>%1：“%2”已保存为“%3”。</translation>
    </message>
    <message>
      <source>%1; tasks may name %2</source>
      <translation>%1；任务可指定 %2</translation>
    </message>
    <message>
      <source>%2 %1</source>
      <translation>%1%2</translation>
    </message>
    <message>
      <source>(changed)</source>
      <translation>（有改动）</translation>
    </message>
    <message>
      <source>, </source>
      <translation>，</translation>
    </message>
    <message>
      <source>1 change</source>
      <translation>1 处变化</translation>
    </message>
    <message>
      <source>1 entry</source>
      <translation>1 条记录</translation>
    </message>
    <message>
      <source>1 failed</source>
      <translation>1 个失败</translation>
    </message>
    <message>
      <source>1 fault</source>
      <translation>1 项故障</translation>
    </message>
    <message>
      <source>1 h</source>
      <translation>1 小时</translation>
    </message>
    <message>
      <source>1 had already ended.</source>
      <translation>1 个已经结束。</translation>
    </message>
    <message>
      <source>1 had already started.</source>
      <translation>1 个已经开始。</translation>
    </message>
    <message>
      <source>1 has a schedule that cannot be evaluated.</source>
      <translation>1 个的计划无法解析。</translation>
    </message>
    <message>
      <source>1 has been changed since and stays as it is.</source>
      <translation>1 个此后已被修改，保持不变。</translation>
    </message>
    <message>
      <source>1 has not ended yet.</source>
      <translation>1 个尚未结束。</translation>
    </message>
    <message>
      <source>1 key revoked.</source>
      <translation>已吊销 1 个密钥。</translation>
    </message>
    <message>
      <source>1 line</source>
      <translation>1 行</translation>
    </message>
    <message>
      <source>1 message could not be processed and is in the dead letters. All others were processed.</source>
      <translation>有 1 条消息无法处理，已转入死信。其余消息不受影响。</translation>
    </message>
    <message>
      <source>1 more fault: %1</source>
      <translation>又有 1 个故障：%1</translation>
    </message>
    <message>
      <source>1 needed no change.</source>
      <translation>1 个无需更改。</translation>
    </message>
    <message>
      <source>1 new alert</source>
      <translation>1 条新告警</translation>
    </message>
    <message>
      <source>1 no longer exists.</source>
      <translation>1 个已不存在。</translation>
    </message>
    <message>
      <source>1 run</source>
      <translation>1 次运行</translation>
    </message>
    <message>
      <source>1 run cancelled.</source>
      <translation>已取消 1 次运行。</translation>
    </message>
    <message>
      <source>1 run created.</source>
      <translation>已创建 1 次运行。</translation>
    </message>
    <message>
      <source>1 run started again.</source>
      <translation>已重新运行 1 次。</translation>
    </message>
    <message>
      <source>1 run starts now.</source>
      <translation>1 次运行将立即开始。</translation>
    </message>
    <message>
      <source>1 stays, because another task depends on it.</source>
      <translation>1 个被其他任务依赖，因此保留。</translation>
    </message>
    <message>
      <source>1 task</source>
      <translation>1 个任务</translation>
    </message>
    <message>
      <source>1 task deleted.</source>
      <translation>已删除 1 个任务。</translation>
    </message>
    <message>
      <source>1 waiting</source>
      <translation>1 个等待中</translation>
    </message>
    <message>
      <source>1 was already active.</source>
      <translation>1 个本来就已启用。</translation>
    </message>
    <message>
      <source>1 was already paused.</source>
      <translation>1 个之前已暂停。</translation>
    </message>
    <message>
      <source>1 was not permitted by your role.</source>
      <translation>1 个因权限不足未执行。</translation>
    </message>
    <message>
      <source>1 worker drains.</source>
      <translation>1 个工作节点不再接收新运行。</translation>
    </message>
    <message>
      <source>1 worker gets runs again.</source>
      <translation>1 个工作节点恢复接收运行。</translation>
    </message>
    <message>
      <source>1 worker removed.</source>
      <translation>已移除 1 个工作节点。</translation>
    </message>
    <message>
      <source>1 year</source>
      <translation>1 年</translation>
    </message>
    <message>
      <source>24 h</source>
      <translation>24 小时</translation>
    </message>
    <message>
      <source>2h, or 2026-12-01 06:00 UTC</source>
      <translation>2h，或 2026-12-01 06:00 UTC</translation>
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
      <source>; </source>
      <translation>；</translation>
    </message>
    <message>
      <source>@reboot is not a time. Start the command with the service manager of the machine (systemd, launchd).</source>
      <translation>@reboot 不是时间。请用系统自带的服务管理（systemd、launchd）启动该命令。</translation>
    </message>
    <message>
      <source>A URL contains no blanks. Write %1 instead of each.</source>
      <translation>URL 不能包含空格，请改写为 %1。</translation>
    </message>
    <message>
      <source>A backend is running at %1.</source>
      <translation>后端正在 %1 运行。</translation>
    </message>
    <message>
      <source>A backfill runs a task for past times. Start one from the menu of a task.</source>
      <translation>补跑会按过去的计划时间运行任务，可从任务菜单启动。</translation>
    </message>
    <message>
      <source>A calendar lists days off, such as public holidays. Tasks skip them or move to the next working day.</source>
      <translation>日历列出休息日，例如法定节假日。任务会跳过这些日期，或顺延到下一个工作日。</translation>
    </message>
    <message>
      <source>A command and its schedule</source>
      <translation>一条命令及其计划</translation>
    </message>
    <message>
      <source>A concurrency group is a limit that several tasks share, such as “database-heavy: 2”.</source>
      <translation>并发组是多个任务共用的并发上限，例如“database-heavy: 2”。</translation>
    </message>
    <message>
      <source>A cron expression has 5 fields (minute hour day month weekday), or 6 with seconds last. This has %1.</source>
      <translation>cron 表达式有 5 个字段（分 时 日 月 星期），或 6 个字段（秒在最后）。当前有 %1 个。</translation>
    </message>
    <message>
      <source>A grant takes effect immediately. It adds permissions in its folder and all subfolders to those of the role.</source>
      <translation>授权立即生效，作用于该文件夹及其所有下级文件夹，与角色权限叠加。</translation>
    </message>
    <message>
      <source>A quote is not closed. Close it, or put a backslash before it.</source>
      <translation>引号没有闭合。请闭合引号，或在其前加反斜杠。</translation>
    </message>
    <message>
      <source>A random range (~) becomes H, which spreads tasks by their names.</source>
      <translation>随机范围（~）改为 H，按任务名称错开时间。</translation>
    </message>
    <message>
      <source>A run has been going for %1</source>
      <translation>有一次运行已进行 %1</translation>
    </message>
    <message>
      <source>A run has been waiting for %1</source>
      <translation>有一次运行已等待 %1</translation>
    </message>
    <message>
      <source>A silence suppresses alerts for a period, such as during maintenance.</source>
      <translation>静默在一段时间内抑制告警，例如维护期间。</translation>
    </message>
    <message>
      <source>A task has no field %1.</source>
      <translation>任务没有 %1 这个字段。</translation>
    </message>
    <message>
      <source>A task is a command, its schedule, and what happens when it fails. Your tasks appear here.</source>
      <translation>任务包括命令、计划以及失败时的处理方式。您的任务会显示在这里。</translation>
    </message>
    <message>
      <source>A task uses a secret as ${secret:NAME}. Nobody can read its value.</source>
      <translation>任务以 ${secret:NAME} 引用机密。任何人都无法读取其值。</translation>
    </message>
    <message>
      <source>A token lets a script act with your permissions, without your password. You have no tokens.</source>
      <translation>令牌让脚本以您的权限执行操作，无需密码。您还没有令牌。</translation>
    </message>
    <message>
      <source>A worker runs tasks of the types that it was started with.</source>
      <translation>工作节点只运行其启动时指定类型的任务。</translation>
    </message>
    <message>
      <source>API</source>
      <translation>API</translation>
    </message>
    <message>
      <source>About Taskdeck</source>
      <translation>关于 Taskdeck</translation>
    </message>
    <message>
      <source>Acknowledge</source>
      <translation>确认</translation>
    </message>
    <message>
      <source>Acknowledged by</source>
      <translation>确认人</translation>
    </message>
    <message>
      <source>Acknowledged by %1</source>
      <translation>已由 %1 确认</translation>
    </message>
    <message>
      <source>Action</source>
      <translation>操作</translation>
    </message>
    <message>
      <source>Active</source>
      <translation>启用</translation>
    </message>
    <message>
      <source>Active, and its schedule has no further times</source>
      <translation>已启用，但计划中没有后续时间</translation>
    </message>
    <message>
      <source>Active, next run %1</source>
      <translation>已启用，下次运行：%1</translation>
    </message>
    <message>
      <source>Active, runs after other tasks</source>
      <translation>已启用，在其他任务之后运行</translation>
    </message>
    <message>
      <source>Active, runs when it is triggered</source>
      <translation>已启用，触发时运行</translation>
    </message>
    <message>
      <source>Actual size</source>
      <translation>实际大小</translation>
    </message>
    <message>
      <source>Add dependency…</source>
      <translation>添加依赖…</translation>
    </message>
    <message>
      <source>Add user</source>
      <translation>添加用户</translation>
    </message>
    <message>
      <source>Add worker</source>
      <translation>添加工作节点</translation>
    </message>
    <message>
      <source>Added the dependency of %1 on %2</source>
      <translation>已添加 %1 对 %2 的依赖</translation>
    </message>
    <message>
      <source>Address</source>
      <translation>地址</translation>
    </message>
    <message>
      <source>Address of the file</source>
      <translation>文件地址</translation>
    </message>
    <message>
      <source>Add…</source>
      <translation>添加…</translation>
    </message>
    <message>
      <source>Administer</source>
      <translation>管理</translation>
    </message>
    <message>
      <source>Administer: also grants in the folder</source>
      <translation>管理：还可在该文件夹内授权</translation>
    </message>
    <message>
      <source>Administer: also manages users and policies</source>
      <translation>管理：还可管理用户和策略</translation>
    </message>
    <message>
      <source>Administrator</source>
      <translation>管理员</translation>
    </message>
    <message>
      <source>Administrator: also manages users and policies</source>
      <translation>管理员：还可管理用户和策略</translation>
    </message>
    <message>
      <source>After a failover, the backend's database URL must lead to the new primary.</source>
      <translation>故障切换后，后端的数据库 URL 必须指向新的主库。</translation>
    </message>
    <message>
      <source>After all runs of the period ended</source>
      <translation>周期内全部运行结束后</translation>
    </message>
    <message>
      <source>After all runs of the period failed</source>
      <translation>周期内全部运行失败后</translation>
    </message>
    <message>
      <source>After all runs of the period succeeded</source>
      <translation>周期内全部运行成功后</translation>
    </message>
    <message>
      <source>After any outcome</source>
      <translation>结束后（不论结果）</translation>
    </message>
    <message>
      <source>After it failed</source>
      <translation>失败后</translation>
    </message>
    <message>
      <source>After it succeeded</source>
      <translation>成功后</translation>
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
      <source>Alert acknowledged</source>
      <translation>已确认告警</translation>
    </message>
    <message>
      <source>Alert channel</source>
      <translation>告警渠道</translation>
    </message>
    <message>
      <source>Alert channels</source>
      <translation>告警渠道</translation>
    </message>
    <message>
      <source>Alert if not started within</source>
      <translation>未按时启动则告警</translation>
    </message>
    <message>
      <source>Alert on</source>
      <translation>告警条件</translation>
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
      <source>Alert rules that apply</source>
      <translation>适用的告警规则</translation>
    </message>
    <message>
      <source>Alerts</source>
      <translation>告警</translation>
    </message>
    <message>
      <source>Alerts of the folder %1 are silenced until %2 (by %3).</source>
      <translation>%3 已静默文件夹 %1 的告警，至 %2。</translation>
    </message>
    <message>
      <source>Alerts of this task are silenced until %1 (by %2).</source>
      <translation>%2 已静默此任务的告警，至 %1。</translation>
    </message>
    <message>
      <source>Alerts of this task are silenced until it recovers (by %1).</source>
      <translation>此任务的告警已由 %1 静默，直至任务恢复。</translation>
    </message>
    <message>
      <source>Alerts that it suppressed are sent again from now on.</source>
      <translation>被抑制的告警从现在起恢复发送。</translation>
    </message>
    <message>
      <source>All</source>
      <translation>全部</translation>
    </message>
    <message>
      <source>All %1 selected</source>
      <translation>已选择全部 %1 项</translation>
    </message>
    <message>
      <source>All alerts are silenced until %1 (by %2).</source>
      <translation>%2 已静默所有告警，至 %1。</translation>
    </message>
    <message>
      <source>All connections to the database are in use.</source>
      <translation>数据库连接已全部占用。</translation>
    </message>
    <message>
      <source>All files</source>
      <translation>所有文件</translation>
    </message>
    <message>
      <source>All objects</source>
      <translation>所有对象</translation>
    </message>
    <message>
      <source>All runs</source>
      <translation>全部运行记录</translation>
    </message>
    <message>
      <source>All selected</source>
      <translation>已全部选择</translation>
    </message>
    <message>
      <source>All tasks</source>
      <translation>全部任务</translation>
    </message>
    <message>
      <source>All tasks have these values already.</source>
      <translation>所有任务都已是这些值。</translation>
    </message>
    <message>
      <source>All users and groups</source>
      <translation>所有用户和组</translation>
    </message>
    <message>
      <source>Almost used up</source>
      <translation>资源即将耗尽</translation>
    </message>
    <message>
      <source>Amber</source>
      <translation>琥珀色</translation>
    </message>
    <message>
      <source>An alert channel is where alerts are sent: a chat webhook, e-mail or this console.</source>
      <translation>告警渠道是告警的去处：聊天 webhook、电子邮件或本控制台。</translation>
    </message>
    <message>
      <source>An alert rule sends selected failures to one or more channels.</source>
      <translation>告警规则把选定的失败发送到一个或多个渠道。</translation>
    </message>
    <message>
      <source>An occurrence was missed because no dispatcher was running, and the misfire policy skips it. Trigger the task to run it now.</source>
      <translation>由于没有调度器运行，错过了一次运行，并按任务的“错过的运行”设置跳过。如需立即运行，请手动触发该任务。</translation>
    </message>
    <message>
      <source>And %1 more.</source>
      <translation>另有 %1 处。</translation>
    </message>
    <message>
      <source>Another colour…</source>
      <translation>其他颜色…</translation>
    </message>
    <message>
      <source>Another occurrence of the task was already waiting when this one was due.</source>
      <translation>到此时间时，任务已有另一次运行在等待。</translation>
    </message>
    <message>
      <source>Another program, with a sign-in</source>
      <translation>其他程序（已登录）</translation>
    </message>
    <message>
      <source>Any status</source>
      <translation>任意状态</translation>
    </message>
    <message>
      <source>Any time</source>
      <translation>任意时间</translation>
    </message>
    <message>
      <source>Any trigger</source>
      <translation>任意触发方式</translation>
    </message>
    <message>
      <source>Any worker</source>
      <translation>任意工作节点</translation>
    </message>
    <message>
      <source>Appearance and language</source>
      <translation>外观与语言</translation>
    </message>
    <message>
      <source>Applies to</source>
      <translation>适用范围</translation>
    </message>
    <message>
      <source>Arguments</source>
      <translation>参数</translation>
    </message>
    <message>
      <source>Ask an administrator for a role that allows it.</source>
      <translation>请向管理员申请具有此权限的角色。</translation>
    </message>
    <message>
      <source>Ask an administrator to add you to one, then sign in again.</source>
      <translation>请管理员将您加入相应的用户组，然后重新登录。</translation>
    </message>
    <message>
      <source>Ask an administrator to enable it.</source>
      <translation>请管理员启用。</translation>
    </message>
    <message>
      <source>Ask its administrator for an address with TLS.</source>
      <translation>请向管理员索取支持 TLS 的地址。</translation>
    </message>
    <message>
      <source>Ask the backend's administrator for the authority's certificate, and choose it under “Certificate authority”.</source>
      <translation>请向后端管理员索取颁发机构的证书，并在“证书颁发机构”中选择。</translation>
    </message>
    <message>
      <source>At the rate at which runs ended in the last minute, if no others arrive. Blocked runs do not count.</source>
      <translation>按最近一分钟内运行结束的速度估算，假设没有新的运行加入；被阻塞的运行不计入。</translation>
    </message>
    <message>
      <source>Attempts</source>
      <translation>尝试</translation>
    </message>
    <message>
      <source>Attempts over time</source>
      <translation>各次尝试的时间线</translation>
    </message>
    <message>
      <source>Audit log</source>
      <translation>审计日志</translation>
    </message>
    <message>
      <source>Back to %1</source>
      <translation>返回“%1”</translation>
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
      <source>Back up…</source>
      <translation>备份…</translation>
    </message>
    <message>
      <source>Backfill</source>
      <translation>补跑</translation>
    </message>
    <message>
      <source>Backfill %1</source>
      <translation>补跑 %1</translation>
    </message>
    <message>
      <source>Backfills</source>
      <translation>补跑</translation>
    </message>
    <message>
      <source>Backfill…</source>
      <translation>补跑…</translation>
    </message>
    <message>
      <source>Backoff</source>
      <translation>退避方式</translation>
    </message>
    <message>
      <source>Backup</source>
      <translation>备份</translation>
    </message>
    <message>
      <source>Backup failed: %1</source>
      <translation>备份失败：%1</translation>
    </message>
    <message>
      <source>Backup written: %1</source>
      <translation>备份已写入：%1</translation>
    </message>
    <message>
      <source>Basics</source>
      <translation>基本</translation>
    </message>
    <message>
      <source>Between…</source>
      <translation>介于…</translation>
    </message>
    <message>
      <source>Blackouts</source>
      <translation>停运时段</translation>
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
      <source>Body</source>
      <translation>请求体</translation>
    </message>
    <message>
      <source>Body to send</source>
      <translation>请求体内容</translation>
    </message>
    <message>
      <source>Broker</source>
      <translation>消息代理</translation>
    </message>
    <message>
      <source>Build it in the repository with “make docs”.</source>
      <translation>请在代码仓库中运行“make docs”生成文档。</translation>
    </message>
    <message>
      <source>By</source>
      <translation>授权人</translation>
    </message>
    <message>
      <source>By run</source>
      <translation>按运行</translation>
    </message>
    <message>
      <source>By task</source>
      <translation>按任务</translation>
    </message>
    <message>
      <source>CPU</source>
      <translation>CPU</translation>
    </message>
    <message>
      <source>CPU %1%, memory %2 MiB</source>
      <translation>CPU %1%，内存 %2 MiB</translation>
    </message>
    <message>
      <source>CPU time %1, peak memory %2 MiB</source>
      <translation>CPU 时间 %1，内存峰值 %2 MiB</translation>
    </message>
    <message>
      <source>CPU time limit</source>
      <translation>CPU 时间上限</translation>
    </message>
    <message>
      <source>CPU, % of a core</source>
      <translation>CPU（单核百分比）</translation>
    </message>
    <message>
      <source>CPU, peak %1%</source>
      <translation>CPU 峰值 %1%</translation>
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
      <source>Calls a Python function, such as reports.daily:send, with JSON arguments.</source>
      <translation>以 JSON 参数调用 Python 函数，例如 reports.daily:send。</translation>
    </message>
    <message>
      <source>Cancel</source>
      <translation>取消</translation>
    </message>
    <message>
      <source>Cancel %1 runs?</source>
      <translation>取消 %1 次运行？</translation>
    </message>
    <message>
      <source>Cancel %1?</source>
      <translation>取消 %1？</translation>
    </message>
    <message>
      <source>Cancel 1 run?</source>
      <translation>取消 1 次运行？</translation>
    </message>
    <message>
      <source>Cancel all runs of %1…</source>
      <translation>取消 %1 的全部运行…</translation>
    </message>
    <message>
      <source>Cancel backfill</source>
      <translation>取消补跑</translation>
    </message>
    <message>
      <source>Cancel its runs</source>
      <translation>取消该任务的运行</translation>
    </message>
    <message>
      <source>Cancel run</source>
      <translation>取消运行</translation>
    </message>
    <message>
      <source>Cancel runs</source>
      <translation>取消运行</translation>
    </message>
    <message>
      <source>Cancel the backfill of %1?</source>
      <translation>取消 %1 的补跑？</translation>
    </message>
    <message>
      <source>Cancelled</source>
      <translation>已取消</translation>
    </message>
    <message>
      <source>Cause</source>
      <translation>原因</translation>
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
      <source>Change %1</source>
      <translation>修改 %1</translation>
    </message>
    <message>
      <source>Change %1 tasks</source>
      <translation>修改 %1 个任务</translation>
    </message>
    <message>
      <source>Change labels</source>
      <translation>修改标签</translation>
    </message>
    <message>
      <source>Change password</source>
      <translation>修改密码</translation>
    </message>
    <message>
      <source>Change password…</source>
      <translation>修改密码…</translation>
    </message>
    <message>
      <source>Change role…</source>
      <translation>更改角色…</translation>
    </message>
    <message>
      <source>Changed</source>
      <translation>修改时间</translation>
    </message>
    <message>
      <source>Changed %1</source>
      <translation>已修改 %1</translation>
    </message>
    <message>
      <source>Changed by</source>
      <translation>修改人</translation>
    </message>
    <message>
      <source>Changed fields</source>
      <translation>变更的字段</translation>
    </message>
    <message>
      <source>Changed the dependencies of %1</source>
      <translation>已更改 %1 的依赖</translation>
    </message>
    <message>
      <source>Channel %1 is used by the alert rules %2. Change those rules first.</source>
      <translation>渠道 %1 正被告警规则 %2 使用。请先修改这些规则。</translation>
    </message>
    <message>
      <source>Channels</source>
      <translation>渠道</translation>
    </message>
    <message>
      <source>Check PostgreSQL. The backend continues when it is available again.</source>
      <translation>请检查 PostgreSQL。恢复后，后端会自动继续运行。</translation>
    </message>
    <message>
      <source>Check RabbitMQ. The backend continues when it is available again.</source>
      <translation>请检查 RabbitMQ。恢复后，后端会自动继续运行。</translation>
    </message>
    <message>
      <source>Choose at least one.</source>
      <translation>请至少选择一项。</translation>
    </message>
    <message>
      <source>Choose at least one. Channels are added on their own page.</source>
      <translation>请至少选择一项。渠道在“告警渠道”页中添加。</translation>
    </message>
    <message>
      <source>Choose one of the values.</source>
      <translation>请选择一个值。</translation>
    </message>
    <message>
      <source>Choose…</source>
      <translation>选择…</translation>
    </message>
    <message>
      <source>Clear selection</source>
      <translation>取消选择</translation>
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
      <source>Close this page</source>
      <translation>关闭此页</translation>
    </message>
    <message>
      <source>Closing the window</source>
      <translation>关闭窗口时</translation>
    </message>
    <message>
      <source>Collapse or expand the side bar</source>
      <translation>折叠或展开侧栏</translation>
    </message>
    <message>
      <source>Collapse the side bar</source>
      <translation>折叠侧栏</translation>
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
      <source>Comfortable</source>
      <translation>宽松</translation>
    </message>
    <message>
      <source>Command</source>
      <translation>命令</translation>
    </message>
    <message>
      <source>Command line</source>
      <translation>命令行</translation>
    </message>
    <message>
      <source>Compact</source>
      <translation>紧凑</translation>
    </message>
    <message>
      <source>Compare and restore…</source>
      <translation>比较与恢复…</translation>
    </message>
    <message>
      <source>Compare the logs…</source>
      <translation>比较日志…</translation>
    </message>
    <message>
      <source>Compare with the last success</source>
      <translation>与上次成功比较</translation>
    </message>
    <message>
      <source>Compared with the last success</source>
      <translation>与上次成功比较</translation>
    </message>
    <message>
      <source>Compare…</source>
      <translation>比较…</translation>
    </message>
    <message>
      <source>Completed per second</source>
      <translation>每秒完成数</translation>
    </message>
    <message>
      <source>Concurrency</source>
      <translation>并发</translation>
    </message>
    <message>
      <source>Concurrency group</source>
      <translation>并发组</translation>
    </message>
    <message>
      <source>Concurrency group %1 is used by the tasks %2. Change those tasks first.</source>
      <translation>并发组 %1 正被任务 %2 使用。请先修改这些任务。</translation>
    </message>
    <message>
      <source>Concurrency groups</source>
      <translation>并发组</translation>
    </message>
    <message>
      <source>Concurrent runs</source>
      <translation>并发运行数</translation>
    </message>
    <message>
      <source>Condition</source>
      <translation>条件</translation>
    </message>
    <message>
      <source>Condition of %1</source>
      <translation>%1 的条件</translation>
    </message>
    <message>
      <source>Connect</source>
      <translation>连接</translation>
    </message>
    <message>
      <source>Connecting…</source>
      <translation>正在连接…</translation>
    </message>
    <message>
      <source>Connections</source>
      <translation>连接</translation>
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
      <source>Continue in your browser. If it did not open, copy the address and open it yourself.</source>
      <translation>请在浏览器中继续。如果浏览器未打开，请复制地址后自行打开。</translation>
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
      <source>Copy a link to the selection</source>
      <translation>复制所选对象的链接</translation>
    </message>
    <message>
      <source>Copy address</source>
      <translation>复制地址</translation>
    </message>
    <message>
      <source>Copy details</source>
      <translation>复制详情</translation>
    </message>
    <message>
      <source>Copy link</source>
      <translation>复制链接</translation>
    </message>
    <message>
      <source>Copy rows</source>
      <translation>复制所选行</translation>
    </message>
    <message>
      <source>Copy the details and report them. What you see may be out of date.</source>
      <translation>请复制详情并反馈。当前显示的内容可能已过时。</translation>
    </message>
    <message>
      <source>Copy the trace ID</source>
      <translation>复制链路追踪 ID</translation>
    </message>
    <message>
      <source>Corrected</source>
      <translation>已更正</translation>
    </message>
    <message>
      <source>Count</source>
      <translation>次数</translation>
    </message>
    <message>
      <source>Create</source>
      <translation>创建</translation>
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
      <source>Create key</source>
      <translation>创建密钥</translation>
    </message>
    <message>
      <source>Create paused</source>
      <translation>创建后暂停</translation>
    </message>
    <message>
      <source>Create task</source>
      <translation>创建任务</translation>
    </message>
    <message>
      <source>Create token</source>
      <translation>创建令牌</translation>
    </message>
    <message>
      <source>Create user</source>
      <translation>创建用户</translation>
    </message>
    <message>
      <source>Created</source>
      <translation>创建时间</translation>
    </message>
    <message>
      <source>Created by</source>
      <translation>创建者</translation>
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
      <source>Current backend</source>
      <translation>当前后端</translation>
    </message>
    <message>
      <source>Current password</source>
      <translation>当前密码</translation>
    </message>
    <message>
      <source>Custom</source>
      <translation>自定义</translation>
    </message>
    <message>
      <source>Custom format (JSON)</source>
      <translation>自定义格式（JSON）</translation>
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
      <source>Data directory: %1</source>
      <translation>数据目录：%1</translation>
    </message>
    <message>
      <source>Database</source>
      <translation>数据库</translation>
    </message>
    <message>
      <source>Date and time</source>
      <translation>日期和时间</translation>
    </message>
    <message>
      <source>Dates</source>
      <translation>日期数</translation>
    </message>
    <message>
      <source>Dates, one per line</source>
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
      <source>Days off, blackouts and date limits</source>
      <translation>休息日、停运时段与起止日期</translation>
    </message>
    <message>
      <source>Days to keep runs</source>
      <translation>运行保留天数</translation>
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
      <source>Delete a saved filter</source>
      <translation>删除已保存的筛选</translation>
    </message>
    <message>
      <source>Delete the secret %1?</source>
      <translation>删除机密 %1？</translation>
    </message>
    <message>
      <source>Delete the token %1?</source>
      <translation>删除令牌 %1？</translation>
    </message>
    <message>
      <source>Delete…</source>
      <translation>删除…</translation>
    </message>
    <message>
      <source>Dependencies</source>
      <translation>依赖</translation>
    </message>
    <message>
      <source>Dependencies of %1</source>
      <translation>%1 的依赖</translation>
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
      <source>Desktop console</source>
      <translation>桌面控制台</translation>
    </message>
    <message>
      <source>Destination</source>
      <translation>目标</translation>
    </message>
    <message>
      <source>Details</source>
      <translation>详情</translation>
    </message>
    <message>
      <source>DingTalk</source>
      <translation>钉钉</translation>
    </message>
    <message>
      <source>Directory</source>
      <translation>目录</translation>
    </message>
    <message>
      <source>Disable sign-in</source>
      <translation>停用登录</translation>
    </message>
    <message>
      <source>Disabled %1</source>
      <translation>已停用 %1</translation>
    </message>
    <message>
      <source>Discard</source>
      <translation>丢弃</translation>
    </message>
    <message>
      <source>Discard all dead letters?</source>
      <translation>丢弃所有死信？</translation>
    </message>
    <message>
      <source>Discard all…</source>
      <translation>全部丢弃…</translation>
    </message>
    <message>
      <source>Discard it</source>
      <translation>丢弃</translation>
    </message>
    <message>
      <source>Discard your changes?</source>
      <translation>放弃修改？</translation>
    </message>
    <message>
      <source>Dispatched %1, after waiting %2</source>
      <translation>等待 %2 后于 %1 派发</translation>
    </message>
    <message>
      <source>Dispatcher</source>
      <translation>调度器</translation>
    </message>
    <message>
      <source>Distribution</source>
      <translation>分发方式</translation>
    </message>
    <message>
      <source>Do not cancel</source>
      <translation>不取消</translation>
    </message>
    <message>
      <source>Documentation of this view</source>
      <translation>此视图的文档</translation>
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
      <source>Drag to select a span, scroll to zoom, Shift-drag to pan</source>
      <translation>拖动选择时段，滚轮缩放，按住 Shift 拖动平移</translation>
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
      <source>Drain (no new runs)</source>
      <translation>排空（不再分配新运行）</translation>
    </message>
    <message>
      <source>Draining</source>
      <translation>排空中</translation>
    </message>
    <message>
      <source>Drain…</source>
      <translation>排空…</translation>
    </message>
    <message>
      <source>Duration</source>
      <translation>耗时</translation>
    </message>
    <message>
      <source>E-mail</source>
      <translation>电子邮件</translation>
    </message>
    <message>
      <source>Each is started again as a new run, with the inputs that it had.</source>
      <translation>每一次都会以原有的输入作为新的运行重新启动。</translation>
    </message>
    <message>
      <source>Edit</source>
      <translation>编辑</translation>
    </message>
    <message>
      <source>Edit %1</source>
      <translation>编辑 %1</translation>
    </message>
    <message>
      <source>Edit %1 tasks</source>
      <translation>编辑 %1 个任务</translation>
    </message>
    <message>
      <source>Edit as YAML</source>
      <translation>以 YAML 编辑</translation>
    </message>
    <message>
      <source>Edit in the form</source>
      <translation>以表单编辑</translation>
    </message>
    <message>
      <source>Edit task</source>
      <translation>编辑任务</translation>
    </message>
    <message>
      <source>Edit tasks</source>
      <translation>编辑任务</translation>
    </message>
    <message>
      <source>Edit tasks: also creates, changes and deletes</source>
      <translation>编辑任务：还可创建、修改和删除</translation>
    </message>
    <message>
      <source>Edit the selected tasks…</source>
      <translation>编辑所选任务…</translation>
    </message>
    <message>
      <source>Edit: also creates, changes and deletes tasks</source>
      <translation>编辑：还可创建、修改和删除任务</translation>
    </message>
    <message>
      <source>Edit…</source>
      <translation>编辑…</translation>
    </message>
    <message>
      <source>Enable sign-in</source>
      <translation>启用登录</translation>
    </message>
    <message>
      <source>Enabled</source>
      <translation>启用</translation>
    </message>
    <message>
      <source>Enabled %1</source>
      <translation>已启用 %1</translation>
    </message>
    <message>
      <source>End now</source>
      <translation>立即结束</translation>
    </message>
    <message>
      <source>End silence</source>
      <translation>结束静默</translation>
    </message>
    <message>
      <source>End the silence %1 now?</source>
      <translation>立即结束静默 %1？</translation>
    </message>
    <message>
      <source>End when the task recovers</source>
      <translation>任务恢复后结束</translation>
    </message>
    <message>
      <source>Ended</source>
      <translation>结束时间</translation>
    </message>
    <message>
      <source>Ended %1, after %2</source>
      <translation>历时 %2，于 %1 结束</translation>
    </message>
    <message>
      <source>Enter %1 or less.</source>
      <translation>请输入不大于 %1 的值。</translation>
    </message>
    <message>
      <source>Enter %1 or more.</source>
      <translation>请输入不小于 %1 的值。</translation>
    </message>
    <message>
      <source>Enter a JSON object with method and url.</source>
      <translation>请输入包含 method 和 url 的 JSON 对象。</translation>
    </message>
    <message>
      <source>Enter a URL, such as https://example.org/health.</source>
      <translation>请输入 URL，例如 https://example.org/health。</translation>
    </message>
    <message>
      <source>Enter a command.</source>
      <translation>请输入命令。</translation>
    </message>
    <message>
      <source>Enter a duration such as 90s, 5m or 1h 30m.</source>
      <translation>请输入时长，例如 90s、5m 或 1h 30m。</translation>
    </message>
    <message>
      <source>Enter a name of 1 to 255 characters.</source>
      <translation>请输入 1 到 255 个字符的名称。</translation>
    </message>
    <message>
      <source>Enter a path such as finance/daily, without empty parts.</source>
      <translation>请输入路径，例如 finance/daily，各级不能为空。</translation>
    </message>
    <message>
      <source>Enter a time between the years %1 and %2.</source>
      <translation>请输入 %1 年到 %2 年之间的时间。</translation>
    </message>
    <message>
      <source>Enter a time, or a duration such as 2h.</source>
      <translation>请输入时间，或时长，例如 2h。</translation>
    </message>
    <message>
      <source>Enter a value.</source>
      <translation>请输入值。</translation>
    </message>
    <message>
      <source>Enter a whole number, such as 10.</source>
      <translation>请输入整数，例如 10。</translation>
    </message>
    <message>
      <source>Enter at most %1 characters.</source>
      <translation>最多输入 %1 个字符。</translation>
    </message>
    <message>
      <source>Enter statuses from 100 to 599, such as 200, 204.</source>
      <translation>请输入 100 到 599 之间的状态码，例如 200, 204。</translation>
    </message>
    <message>
      <source>Enter the backend's address, such as https://taskdeck.example.org.</source>
      <translation>请输入后端地址，例如 https://taskdeck.example.org。</translation>
    </message>
    <message>
      <source>Enter the https:// address of the file.</source>
      <translation>请输入文件的 https:// 地址。</translation>
    </message>
    <message>
      <source>Enter the number of shards.</source>
      <translation>请输入分片数。</translation>
    </message>
    <message>
      <source>Enter the public key: the last line of minisign.pub.</source>
      <translation>请输入公钥，即 minisign.pub 的最后一行。</translation>
    </message>
    <message>
      <source>Enter the task that is to recover.</source>
      <translation>请输入要等待其恢复的任务。</translation>
    </message>
    <message>
      <source>Enter whole numbers separated by commas, such as 1, 75.</source>
      <translation>请输入以逗号分隔的整数，例如 1, 75。</translation>
    </message>
    <message>
      <source>Enter your user name.</source>
      <translation>请输入用户名。</translation>
    </message>
    <message>
      <source>Environment</source>
      <translation>环境变量</translation>
    </message>
    <message>
      <source>Environment (a value may be ${secret:NAME})</source>
      <translation>环境变量（值可写作 ${secret:NAME}）</translation>
    </message>
    <message>
      <source>Event loop held</source>
      <translation>事件循环被阻塞</translation>
    </message>
    <message>
      <source>Every change is listed here: who changed what, and when.</source>
      <translation>这里列出所有更改：谁在何时更改了什么。</translation>
    </message>
    <message>
      <source>Every failure</source>
      <translation>所有失败</translation>
    </message>
    <message>
      <source>Everything else was processed. When the cause of a fault is gone, try again what was set aside.</source>
      <translation>其余内容均已处理。故障原因消除后，请重试被搁置的项目。</translation>
    </message>
    <message>
      <source>Everywhere</source>
      <translation>全局</translation>
    </message>
    <message>
      <source>Executor</source>
      <translation>执行器</translation>
    </message>
    <message>
      <source>Executors</source>
      <translation>执行器</translation>
    </message>
    <message>
      <source>Exit code</source>
      <translation>退出码</translation>
    </message>
    <message>
      <source>Expected duration</source>
      <translation>预期耗时</translation>
    </message>
    <message>
      <source>Expected statuses (empty: any 2xx)</source>
      <translation>预期状态码（留空：任意 2xx）</translation>
    </message>
    <message>
      <source>Expire if still waiting after</source>
      <translation>等待多久后过期</translation>
    </message>
    <message>
      <source>Expires</source>
      <translation>到期时间</translation>
    </message>
    <message>
      <source>Expires after</source>
      <translation>有效期</translation>
    </message>
    <message>
      <source>Failed</source>
      <translation>失败</translation>
    </message>
    <message>
      <source>Failed during a silence that has ended, and has not succeeded since.</source>
      <translation>在静默期间失败；静默已结束，之后一直没有成功。</translation>
    </message>
    <message>
      <source>Failed, last hour</source>
      <translation>最近一小时失败</translation>
    </message>
    <message>
      <source>Failure rate, %</source>
      <translation>失败率（%）</translation>
    </message>
    <message>
      <source>Fan-out</source>
      <translation>扇出</translation>
    </message>
    <message>
      <source>Fan-out of</source>
      <translation>扇出自</translation>
    </message>
    <message>
      <source>Fault</source>
      <translation>故障</translation>
    </message>
    <message>
      <source>Fault: %1</source>
      <translation>故障：%1</translation>
    </message>
    <message>
      <source>Faults</source>
      <translation>故障</translation>
    </message>
    <message>
      <source>Feishu</source>
      <translation>飞书</translation>
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
      <source>Find (Ctrl+F). Enter: next match, Shift+Enter: previous match</source>
      <translation>查找（Ctrl+F）。Enter：下一处，Shift+Enter：上一处</translation>
    </message>
    <message>
      <source>Find a task, run or worker, or run a command</source>
      <translation>查找任务、运行或工作节点，或执行命令</translation>
    </message>
    <message>
      <source>Find in the log</source>
      <translation>在日志中查找</translation>
    </message>
    <message>
      <source>First %1 shown</source>
      <translation>仅显示前 %1 条</translation>
    </message>
    <message>
      <source>First retry delay</source>
      <translation>首次重试延迟</translation>
    </message>
    <message>
      <source>Fit to view</source>
      <translation>适应窗口</translation>
    </message>
    <message>
      <source>Folder</source>
      <translation>文件夹</translation>
    </message>
    <message>
      <source>Folder whose tasks may use it, with its subfolders (empty: all)</source>
      <translation>可使用该机密的任务文件夹，含子文件夹（留空：全部）</translation>
    </message>
    <message>
      <source>Folder, such as finance/daily (empty: top folder)</source>
      <translation>文件夹，例如 finance/daily（留空：顶层文件夹）</translation>
    </message>
    <message>
      <source>Folder, with its subfolders</source>
      <translation>文件夹（含子文件夹）</translation>
    </message>
    <message>
      <source>Folder, with its subfolders (empty: all)</source>
      <translation>文件夹，含子文件夹（留空表示全部）</translation>
    </message>
    <message>
      <source>Folders</source>
      <translation>文件夹</translation>
    </message>
    <message>
      <source>Follow the log (End)</source>
      <translation>跟随日志末尾（End）</translation>
    </message>
    <message>
      <source>Follows</source>
      <translation>来源</translation>
    </message>
    <message>
      <source>For</source>
      <translation>授予</translation>
    </message>
    <message>
      <source>Format</source>
      <translation>格式</translation>
    </message>
    <message>
      <source>Free some space on the machine of PostgreSQL.</source>
      <translation>请在 PostgreSQL 所在机器上释放空间。</translation>
    </message>
    <message>
      <source>Frequency</source>
      <translation>频率</translation>
    </message>
    <message>
      <source>From</source>
      <translation>起始时间</translation>
    </message>
    <message>
      <source>Give %1 a new key?</source>
      <translation>为 %1 换发新密钥？</translation>
    </message>
    <message>
      <source>Given up</source>
      <translation>已放弃</translation>
    </message>
    <message>
      <source>Go back</source>
      <translation>后退</translation>
    </message>
    <message>
      <source>Go forward</source>
      <translation>前进</translation>
    </message>
    <message>
      <source>Go to %1</source>
      <translation>前往%1</translation>
    </message>
    <message>
      <source>Go to tasks</source>
      <translation>前往任务</translation>
    </message>
    <message>
      <source>Grant</source>
      <translation>授权</translation>
    </message>
    <message>
      <source>Grant in all folders?</source>
      <translation>在所有文件夹中授权？</translation>
    </message>
    <message>
      <source>Granted</source>
      <translation>授权时间</translation>
    </message>
    <message>
      <source>Grants</source>
      <translation>授权</translation>
    </message>
    <message>
      <source>Grants in your folders…</source>
      <translation>您的文件夹中的授权…</translation>
    </message>
    <message>
      <source>Grants of %1</source>
      <translation>%1 的授权</translation>
    </message>
    <message>
      <source>Grants…</source>
      <translation>授权…</translation>
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
      <source>Group alerts by</source>
      <translation>告警分组方式</translation>
    </message>
    <message>
      <source>Group by task</source>
      <translation>按任务分组</translation>
    </message>
    <message>
      <source>Groups: %1</source>
      <translation>用户组：%1</translation>
    </message>
    <message>
      <source>HTTP status</source>
      <translation>HTTP 状态</translation>
    </message>
    <message>
      <source>HTTP statuses to retry</source>
      <translation>重试的 HTTP 状态码</translation>
    </message>
    <message>
      <source>Headers (a value may be ${secret:NAME})</source>
      <translation>请求头（值可以是 ${secret:NAME}）</translation>
    </message>
    <message>
      <source>Headers, one NAME=value per line; leave *** to keep the saved value</source>
      <translation>请求头，每行一个 NAME=value；保留 *** 则沿用已保存的值</translation>
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
      <source>Hide</source>
      <translation>收起</translation>
    </message>
    <message>
      <source>Hide %1 unconnected tasks</source>
      <translation>隐藏 %1 个独立任务</translation>
    </message>
    <message>
      <source>Hide 1 unconnected task</source>
      <translation>隐藏 1 个独立任务</translation>
    </message>
    <message>
      <source>Hide unconnected tasks (%1 of %2)</source>
      <translation>隐藏独立任务（已显示 %1/%2）</translation>
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
      <source>Host</source>
      <translation>主机</translation>
    </message>
    <message>
      <source>Hover over a time to see the other format.</source>
      <translation>将鼠标悬停在时间上可查看另一种格式。</translation>
    </message>
    <message>
      <source>If not started within</source>
      <translation>超过此时长仍未启动</translation>
    </message>
    <message>
      <source>If running longer than</source>
      <translation>运行超过此时长</translation>
    </message>
    <message>
      <source>If still running</source>
      <translation>上次仍在运行时</translation>
    </message>
    <message>
      <source>If the previous scheduled run is still running</source>
      <translation>上一次计划运行未结束时</translation>
    </message>
    <message>
      <source>If the worker is lost</source>
      <translation>工作节点失联时</translation>
    </message>
    <message>
      <source>If this continues, tell an administrator: the backend's log has the cause.</source>
      <translation>如果问题持续，请告知管理员：原因记录在后端日志中。</translation>
    </message>
    <message>
      <source>Import a crontab</source>
      <translation>导入 crontab</translation>
    </message>
    <message>
      <source>Import a crontab…</source>
      <translation>导入 crontab…</translation>
    </message>
    <message>
      <source>Import your crontab</source>
      <translation>导入 crontab</translation>
    </message>
    <message>
      <source>In tables</source>
      <translation>表格中</translation>
    </message>
    <message>
      <source>In the tray, the console keeps running and notifies you of failures.</source>
      <translation>在托盘中，控制台继续运行并通知失败。</translation>
    </message>
    <message>
      <source>Inputs</source>
      <translation>输入</translation>
    </message>
    <message>
      <source>Inputs and result</source>
      <translation>输入与结果</translation>
    </message>
    <message>
      <source>Install service</source>
      <translation>安装服务</translation>
    </message>
    <message>
      <source>Interval in minutes</source>
      <translation>间隔分钟数</translation>
    </message>
    <message>
      <source>It does not use TLS at this address.</source>
      <translation>此地址未启用 TLS。</translation>
    </message>
    <message>
      <source>It ends your other sessions and your tokens.</source>
      <translation>这将结束您的其他会话并使您的令牌失效。</translation>
    </message>
    <message>
      <source>It failed %1 times in a row, last in run %2. Fix the cause, then resume the task.</source>
      <translation>该任务已连续失败 %1 次，最近一次为运行 %2。请排除原因后恢复任务。</translation>
    </message>
    <message>
      <source>It gets no new runs. Its %1 current runs continue until they end.</source>
      <translation>不再分配新的运行，当前的 %1 次运行会继续到结束。</translation>
    </message>
    <message>
      <source>It has never run</source>
      <translation>从未运行</translation>
    </message>
    <message>
      <source>It is removed from the list. Its runs stay. If it reconnects, it is listed again.</source>
      <translation>它会从列表中移除，运行记录保留。重新连接后会再次列出。</translation>
    </message>
    <message>
      <source>It no longer exists.</source>
      <translation>该对象已不存在。</translation>
    </message>
    <message>
      <source>It runs as a user service that starts when you sign in.</source>
      <translation>正作为用户服务运行，登录后自动启动。</translation>
    </message>
    <message>
      <source>It stopped several times in the last few minutes and is no longer restarted automatically.</source>
      <translation>它在最近几分钟内多次退出，不再自动重启。</translation>
    </message>
    <message>
      <source>Its cancellation was requested</source>
      <translation>已请求取消</translation>
    </message>
    <message>
      <source>Its certificate has expired, or the clock of this machine is wrong.</source>
      <translation>证书已过期，或本机时钟不准。</translation>
    </message>
    <message>
      <source>Its certificate was issued by an authority that this machine does not trust.</source>
      <translation>证书的颁发机构不受本机信任。</translation>
    </message>
    <message>
      <source>Its certificate was issued for another name than this address.</source>
      <translation>证书的名称与此地址不符。</translation>
    </message>
    <message>
      <source>Its former key is refused at once, with the results of its current runs. Drain it first.</source>
      <translation>原密钥立即失效，当前运行的结果也会被拒绝。请先将其排空。</translation>
    </message>
    <message>
      <source>Its next occurrence is more than %1 s overdue. Check that a dispatcher is running.</source>
      <translation>下一次运行已逾期超过 %1 秒。请检查调度器是否正在运行。</translation>
    </message>
    <message>
      <source>JSON</source>
      <translation>JSON</translation>
    </message>
    <message>
      <source>Keep editing</source>
      <translation>继续编辑</translation>
    </message>
    <message>
      <source>Keep it in the tray</source>
      <translation>保留在托盘中</translation>
    </message>
    <message>
      <source>Keep running after closing</source>
      <translation>关闭后继续运行</translation>
    </message>
    <message>
      <source>Key</source>
      <translation>密钥</translation>
    </message>
    <message>
      <source>Key of secrets</source>
      <translation>机密的密钥</translation>
    </message>
    <message>
      <source>Key of worker %1</source>
      <translation>工作节点 %1 的密钥</translation>
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
      <source>Labelled %1</source>
      <translation>已更改 %1 的标签</translation>
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
      <source>Labels to add (name=value, separated by commas)</source>
      <translation>要添加的标签（name=value，以逗号分隔）</translation>
    </message>
    <message>
      <source>Labels, one NAME=value per line</source>
      <translation>标签，每行一个 NAME=value</translation>
    </message>
    <message>
      <source>Labels…</source>
      <translation>标签…</translation>
    </message>
    <message>
      <source>Language</source>
      <translation>语言</translation>
    </message>
    <message>
      <source>Last</source>
      <translation>最近一次</translation>
    </message>
    <message>
      <source>Last %1</source>
      <translation>最近 %1</translation>
    </message>
    <message>
      <source>Last 20 runs</source>
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
      <source>Last run: %1</source>
      <translation>上次运行：%1</translation>
    </message>
    <message>
      <source>Last run: %1 %2</source>
      <translation>上次运行：%1（%2）</translation>
    </message>
    <message>
      <source>Last runs</source>
      <translation>最近的运行</translation>
    </message>
    <message>
      <source>Last seen</source>
      <translation>最近心跳</translation>
    </message>
    <message>
      <source>Last set</source>
      <translation>上次设置</translation>
    </message>
    <message>
      <source>Last success</source>
      <translation>上次成功</translation>
    </message>
    <message>
      <source>Last success: run %1</source>
      <translation>上次成功：运行 %1</translation>
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
      <source>Light</source>
      <translation>浅色</translation>
    </message>
    <message>
      <source>Limited</source>
      <translation>受限</translation>
    </message>
    <message>
      <source>Limits</source>
      <translation>限制</translation>
    </message>
    <message>
      <source>Line %1 is not NAME=value.</source>
      <translation>第 %1 行不是 NAME=value 格式。</translation>
    </message>
    <message>
      <source>Line %1, column %2 is not valid JSON.</source>
      <translation>第 %1 行第 %2 列不是有效的 JSON。</translation>
    </message>
    <message>
      <source>Line %1: %2</source>
      <translation>第 %1 行：%2</translation>
    </message>
    <message>
      <source>Line %1: %2 is not success, failure, completion or period.</source>
      <translation>第 %1 行：%2 不是 success、failure、completion 或 period。</translation>
    </message>
    <message>
      <source>Line %1: task %2 does not exist.</source>
      <translation>第 %1 行：任务 %2 不存在。</translation>
    </message>
    <message>
      <source>Line %1: write 2026-12-24 00:00 UTC - 2026-12-27 00:00 UTC, or a cron expression with a duration, such as 0 22 * * 5 for 2h.</source>
      <translation>第 %1 行：请写成 2026-12-24 00:00 UTC - 2026-12-27 00:00 UTC，或带时长的 cron 表达式，例如 0 22 * * 5 for 2h。</translation>
    </message>
    <message>
      <source>Links to tasks and runs</source>
      <translation>任务与运行的链接</translation>
    </message>
    <message>
      <source>Loading…</source>
      <translation>正在加载…</translation>
    </message>
    <message>
      <source>Local backend</source>
      <translation>本机后端</translation>
    </message>
    <message>
      <source>Log</source>
      <translation>日志</translation>
    </message>
    <message>
      <source>Log differences</source>
      <translation>日志差异</translation>
    </message>
    <message>
      <source>Log differences (last lines)</source>
      <translation>日志差异（末尾部分）</translation>
    </message>
    <message>
      <source>Log of the local backend</source>
      <translation>本机后端日志</translation>
    </message>
    <message>
      <source>Look for a newer version</source>
      <translation>检查新版本</translation>
    </message>
    <message>
      <source>Look now</source>
      <translation>立即检查</translation>
    </message>
    <message>
      <source>Look whether the change was made. Try again later, or request less at once.</source>
      <translation>请先确认更改是否已生效。稍后重试，或缩小请求范围。</translation>
    </message>
    <message>
      <source>Looking…</source>
      <translation>正在检查…</translation>
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
      <source>Lower priority</source>
      <translation>降低优先级</translation>
    </message>
    <message>
      <source>Lower priority of its runs</source>
      <translation>降低该任务运行的优先级</translation>
    </message>
    <message>
      <source>Lowered %1</source>
      <translation>已降低优先级：%1</translation>
    </message>
    <message>
      <source>MMMM yyyy</source>
      <translation>yyyy年M月</translation>
    </message>
    <message>
      <source>Manage connections…</source>
      <translation>管理连接…</translation>
    </message>
    <message>
      <source>Manual</source>
      <translation>手动</translation>
    </message>
    <message>
      <source>Match system</source>
      <translation>跟随系统</translation>
    </message>
    <message>
      <source>Maximum concurrent runs</source>
      <translation>最大并发运行数</translation>
    </message>
    <message>
      <source>Maximum concurrent runs (empty: no limit)</source>
      <translation>最大并发运行数（留空：不限）</translation>
    </message>
    <message>
      <source>Maximum retry delay</source>
      <translation>最长重试延迟</translation>
    </message>
    <message>
      <source>Maximum starts per minute (empty: no limit)</source>
      <translation>每分钟最大启动数（留空：不限）</translation>
    </message>
    <message>
      <source>Maximum wait</source>
      <translation>最长等待</translation>
    </message>
    <message>
      <source>Member</source>
      <translation>成员</translation>
    </message>
    <message>
      <source>Member: only what is granted in folders</source>
      <translation>成员：仅限各文件夹中授予的权限</translation>
    </message>
    <message>
      <source>Memory</source>
      <translation>内存</translation>
    </message>
    <message>
      <source>Memory limit</source>
      <translation>内存上限</translation>
    </message>
    <message>
      <source>Memory limit (MiB)</source>
      <translation>内存上限（MiB）</translation>
    </message>
    <message>
      <source>Memory, MiB</source>
      <translation>内存（MiB）</translation>
    </message>
    <message>
      <source>Memory, peak %1 MiB</source>
      <translation>内存峰值 %1 MiB</translation>
    </message>
    <message>
      <source>Messages</source>
      <translation>消息数</translation>
    </message>
    <message>
      <source>Messages in its name are refused. If it works, somebody else on the broker sends them.</source>
      <translation>以它的名义发送的消息被拒绝。如果它工作正常，说明消息代理上另有人在冒用其名义。</translation>
    </message>
    <message>
      <source>Method</source>
      <translation>方法</translation>
    </message>
    <message>
      <source>Minute</source>
      <translation>分钟</translation>
    </message>
    <message>
      <source>Missed runs</source>
      <translation>错过的运行</translation>
    </message>
    <message>
      <source>Month</source>
      <translation>月</translation>
    </message>
    <message>
      <source>More</source>
      <translation>更多</translation>
    </message>
    <message>
      <source>More actions</source>
      <translation>更多操作</translation>
    </message>
    <message>
      <source>Motion</source>
      <translation>动画</translation>
    </message>
    <message>
      <source>Move</source>
      <translation>移动</translation>
    </message>
    <message>
      <source>Move %1</source>
      <translation>移动 %1</translation>
    </message>
    <message>
      <source>Moved %1</source>
      <translation>已移动 %1</translation>
    </message>
    <message>
      <source>Move…</source>
      <translation>移动…</translation>
    </message>
    <message>
      <source>Name</source>
      <translation>名称</translation>
    </message>
    <message>
      <source>Never run</source>
      <translation>从未运行</translation>
    </message>
    <message>
      <source>Never run.</source>
      <translation>从未运行。</translation>
    </message>
    <message>
      <source>New alert channel</source>
      <translation>新建告警渠道</translation>
    </message>
    <message>
      <source>New alert rule</source>
      <translation>新建告警规则</translation>
    </message>
    <message>
      <source>New calendar</source>
      <translation>新建日历</translation>
    </message>
    <message>
      <source>New concurrency group</source>
      <translation>新建并发组</translation>
    </message>
    <message>
      <source>New connection</source>
      <translation>新建连接</translation>
    </message>
    <message>
      <source>New key…</source>
      <translation>换发密钥…</translation>
    </message>
    <message>
      <source>New password (at least 10 characters)</source>
      <translation>新密码（至少 10 个字符）</translation>
    </message>
    <message>
      <source>New password again</source>
      <translation>再次输入新密码</translation>
    </message>
    <message>
      <source>New secret</source>
      <translation>新建机密</translation>
    </message>
    <message>
      <source>New silence</source>
      <translation>新建静默</translation>
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
      <source>Newer run</source>
      <translation>后一次运行</translation>
    </message>
    <message>
      <source>Newer run of this task</source>
      <translation>此任务的后一次运行</translation>
    </message>
    <message>
      <source>Newer versions</source>
      <translation>新版本</translation>
    </message>
    <message>
      <source>Newest runs</source>
      <translation>最新的运行</translation>
    </message>
    <message>
      <source>Newest version</source>
      <translation>最新版本</translation>
    </message>
    <message>
      <source>Next</source>
      <translation>下次</translation>
    </message>
    <message>
      <source>Next 7 days</source>
      <translation>未来 7 天</translation>
    </message>
    <message>
      <source>Next in line.</source>
      <translation>即将启动。</translation>
    </message>
    <message>
      <source>Next in line: its child runs are being created.</source>
      <translation>即将展开为子运行。</translation>
    </message>
    <message>
      <source>Next match (F3)</source>
      <translation>下一处（F3）</translation>
    </message>
    <message>
      <source>Next page</source>
      <translation>下一页</translation>
    </message>
    <message>
      <source>Next run</source>
      <translation>下次运行</translation>
    </message>
    <message>
      <source>Next up</source>
      <translation>即将运行</translation>
    </message>
    <message>
      <source>No alert rule applies to this task. Alert rules send failures to channels; see Alerts.</source>
      <translation>没有适用于此任务的告警规则。告警规则会将失败发送到渠道，请在“告警”中设置。</translation>
    </message>
    <message>
      <source>No alerts about this task.</source>
      <translation>此任务没有告警。</translation>
    </message>
    <message>
      <source>No alerts yet. Alert rules decide who is notified about what.</source>
      <translation>暂无告警。告警规则决定哪些情况通知谁。</translation>
    </message>
    <message>
      <source>No backend is running on this machine. It includes PostgreSQL, so nothing else needs to be installed.</source>
      <translation>本机没有运行后端。后端自带 PostgreSQL，无需另行安装。</translation>
    </message>
    <message>
      <source>No data yet. The first points arrive in a few seconds.</source>
      <translation>暂无数据，几秒后即可显示。</translation>
    </message>
    <message>
      <source>No dead letters. All messages were processed.</source>
      <translation>没有死信，所有消息都已处理。</translation>
    </message>
    <message>
      <source>No earlier run of this task succeeded, so there is nothing to compare with.</source>
      <translation>此任务之前没有成功的运行，无法比较。</translation>
    </message>
    <message>
      <source>No failed runs.</source>
      <translation>没有失败的运行。</translation>
    </message>
    <message>
      <source>No fault is left</source>
      <translation>故障已全部清除</translation>
    </message>
    <message>
      <source>No faults. No item was set aside, and no service was restarted.</source>
      <translation>没有故障。没有被搁置的项目，也没有重启过的服务。</translation>
    </message>
    <message>
      <source>No grants yet. A role applies to all folders; a grant adds permissions in one folder.</source>
      <translation>尚无授权。角色在所有文件夹中生效，授权可在此之上增加权限。</translation>
    </message>
    <message>
      <source>No mail is sent to %1. Alert rules notify about failures.</source>
      <translation>不会发送邮件到 %1，由告警规则通知失败。</translation>
    </message>
    <message>
      <source>No matching entries.</source>
      <translation>没有匹配的记录。</translation>
    </message>
    <message>
      <source>No matching runs in the queue.</source>
      <translation>队列中没有匹配的运行。</translation>
    </message>
    <message>
      <source>No matching runs.</source>
      <translation>没有匹配的运行。</translation>
    </message>
    <message>
      <source>No matching tasks in the queue.</source>
      <translation>队列中没有匹配的任务。</translation>
    </message>
    <message>
      <source>No matching tasks.</source>
      <translation>没有匹配的任务。</translation>
    </message>
    <message>
      <source>No matching workers.</source>
      <translation>没有匹配的工作节点。</translation>
    </message>
    <message>
      <source>No online worker accepts the task type %1.</source>
      <translation>没有在线的工作节点接受任务类型 %1。</translation>
    </message>
    <message>
      <source>No online worker has the executor %1 and permits it.</source>
      <translation>没有在线的工作节点具备并允许执行器 %1。</translation>
    </message>
    <message>
      <source>No online worker that accepts the task type %1 has the labels %2.</source>
      <translation>接受任务类型 %1 的在线工作节点都没有标签 %2。</translation>
    </message>
    <message>
      <source>No output yet.</source>
      <translation>尚无输出。</translation>
    </message>
    <message>
      <source>No output.</source>
      <translation>没有输出。</translation>
    </message>
    <message>
      <source>No owner of an online worker permits tasks to run as %1.</source>
      <translation>在线工作节点的所有者均不允许任务以用户 %1 运行。</translation>
    </message>
    <message>
      <source>No port of this machine can be opened: %1</source>
      <translation>无法在本机打开端口：%1</translation>
    </message>
    <message>
      <source>No replica is dispatching. No run starts until one does.</source>
      <translation>没有副本在调度，运行暂时无法启动。</translation>
    </message>
    <message>
      <source>No results for “%1”.</source>
      <translation>没有“%1”的搜索结果。</translation>
    </message>
    <message>
      <source>No runs in this period, and none are due.</source>
      <translation>此时段没有运行，也没有待运行的任务。</translation>
    </message>
    <message>
      <source>No scheduled tasks. Give a task a schedule, and its next runs appear here.</source>
      <translation>没有设置了计划的任务。为任务设置计划后，这里会显示接下来的运行。</translation>
    </message>
    <message>
      <source>No such date exists. Use a day that the month has, or L for its last day.</source>
      <translation>不存在这样的日期。请使用该月存在的日期，或用 L 表示最后一天。</translation>
    </message>
    <message>
      <source>No task depends on another. Show unconnected tasks, then drag from one to another to add a dependency.</source>
      <translation>还没有任务依赖其他任务。显示独立任务，然后从一个任务拖到另一个任务即可建立依赖。</translation>
    </message>
    <message>
      <source>No upstream tasks.</source>
      <translation>没有上游任务。</translation>
    </message>
    <message>
      <source>No user column</source>
      <translation>无用户列</translation>
    </message>
    <message>
      <source>No users yet.</source>
      <translation>还没有用户。</translation>
    </message>
    <message>
      <source>No worker is online.</source>
      <translation>没有在线的工作节点。</translation>
    </message>
    <message>
      <source>No workers. Add one, and start it on the machine that should run the tasks:
TASKDECK_WORKER_KEY_FILE=… TASKDECK_BROKER_URL=amqps://… taskdeck worker</source>
      <translation>没有工作节点。请添加一个，并在要运行任务的机器上启动它：
TASKDECK_WORKER_KEY_FILE=… TASKDECK_BROKER_URL=amqps://… taskdeck worker</translation>
    </message>
    <message>
      <source>No workers. Start one with “taskdeck worker”.</source>
      <translation>没有工作节点。可用“taskdeck worker”启动。</translation>
    </message>
    <message>
      <source>Nobody signed in within five minutes.</source>
      <translation>五分钟内没有完成登录。</translation>
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
      <source>Not looked yet.</source>
      <translation>尚未检查。</translation>
    </message>
    <message>
      <source>Not reached</source>
      <translation>无法连接</translation>
    </message>
    <message>
      <source>Not running.</source>
      <translation>未运行。</translation>
    </message>
    <message>
      <source>Notes</source>
      <translation>说明</translation>
    </message>
    <message>
      <source>Nothing else ran on %1 at the same time.</source>
      <translation>同一时间 %1 上没有其他运行。</translation>
    </message>
    <message>
      <source>Nothing is chosen. Check the fields to change.</source>
      <translation>未选择任何字段。请勾选要修改的字段。</translation>
    </message>
    <message>
      <source>Nothing is running or waiting. Runs appear here from the moment they are due.</source>
      <translation>没有运行中或等待中的运行。到达计划时间的运行会显示在这里。</translation>
    </message>
    <message>
      <source>Nothing is running.</source>
      <translation>没有正在运行的任务。</translation>
    </message>
    <message>
      <source>Nothing was changed.</source>
      <translation>未作任何更改。</translation>
    </message>
    <message>
      <source>Notifications</source>
      <translation>通知</translation>
    </message>
    <message>
      <source>Notifications on the desktop</source>
      <translation>桌面通知</translation>
    </message>
    <message>
      <source>Notify me on failure</source>
      <translation>失败时通知我</translation>
    </message>
    <message>
      <source>Notify me on this desktop when a run fails</source>
      <translation>运行失败时在此桌面通知我</translation>
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
      <source>Occurrences left out</source>
      <translation>未补跑全部错过的时间</translation>
    </message>
    <message>
      <source>Off</source>
      <translation>关闭</translation>
    </message>
    <message>
      <source>Offline</source>
      <translation>离线</translation>
    </message>
    <message>
      <source>Oldest</source>
      <translation>最早</translation>
    </message>
    <message>
      <source>On</source>
      <translation>开启</translation>
    </message>
    <message>
      <source>On a day off, the run</source>
      <translation>休息日的运行</translation>
    </message>
    <message>
      <source>On this system, the installer registers taskdeck:// links.</source>
      <translation>在此系统上，taskdeck:// 链接由安装程序注册。</translation>
    </message>
    <message>
      <source>Once a day</source>
      <translation>每天一次</translation>
    </message>
    <message>
      <source>One per line: 0 22 * * 5 for 2h, or 2026-12-24 00:00 UTC - 2026-12-27 00:00 UTC</source>
      <translation>每行一个：0 22 * * 5 for 2h，或 2026-12-24 00:00 UTC - 2026-12-27 00:00 UTC</translation>
    </message>
    <message>
      <source>Online</source>
      <translation>在线</translation>
    </message>
    <message>
      <source>Only administrators can see the users.</source>
      <translation>只有管理员可以查看用户。</translation>
    </message>
    <message>
      <source>Only administrators may do this.</source>
      <translation>只有管理员可以执行此操作。</translation>
    </message>
    <message>
      <source>Only for a private authority</source>
      <translation>仅用于私有颁发机构</translation>
    </message>
    <message>
      <source>Only its upstream and downstream tasks</source>
      <translation>仅显示上下游任务</translation>
    </message>
    <message>
      <source>Only operators and administrators may do this.</source>
      <translation>只有操作员和管理员可以执行此操作。</translation>
    </message>
    <message>
      <source>Only running items are animated. You can turn this off.</source>
      <translation>只有运行中的项目有动画，可在此关闭。</translation>
    </message>
    <message>
      <source>Only the fields with a check mark are changed, in all %1 tasks.</source>
      <translation>只修改勾选的字段，应用于全部 %1 个任务。</translation>
    </message>
    <message>
      <source>Only this user</source>
      <translation>仅此用户</translation>
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
      <source>Open a file…</source>
      <translation>打开文件…</translation>
    </message>
    <message>
      <source>Open a new window</source>
      <translation>打开新窗口</translation>
    </message>
    <message>
      <source>Open file limit</source>
      <translation>打开文件数上限</translation>
    </message>
    <message>
      <source>Open folder</source>
      <translation>打开文件夹</translation>
    </message>
    <message>
      <source>Open in a new window</source>
      <translation>在新窗口中打开</translation>
    </message>
    <message>
      <source>Open in this console</source>
      <translation>用本控制台打开</translation>
    </message>
    <message>
      <source>Open the console</source>
      <translation>打开控制台</translation>
    </message>
    <message>
      <source>Open the documentation of this view</source>
      <translation>打开此视图的文档</translation>
    </message>
    <message>
      <source>Open the last run</source>
      <translation>打开上次运行</translation>
    </message>
    <message>
      <source>Open the last success</source>
      <translation>打开上次成功的运行</translation>
    </message>
    <message>
      <source>Open the menu</source>
      <translation>打开菜单</translation>
    </message>
    <message>
      <source>Open the task</source>
      <translation>打开任务</translation>
    </message>
    <message>
      <source>Open the trace</source>
      <translation>打开链路追踪</translation>
    </message>
    <message>
      <source>Open this file in a browser: %1</source>
      <translation>请在浏览器中打开此文件：%1</translation>
    </message>
    <message>
      <source>Operator</source>
      <translation>操作员</translation>
    </message>
    <message>
      <source>Operator: also creates, edits and runs tasks</source>
      <translation>操作员：还可创建、编辑和运行任务</translation>
    </message>
    <message>
      <source>Other runs on %1 at the same time: %2.</source>
      <translation>同一时间 %1 上的其他运行：%2 次。</translation>
    </message>
    <message>
      <source>Others on the network could read your password and tokens.</source>
      <translation>网络上的其他人可以读到您的密码和令牌。</translation>
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
      <source>Password (at least 10 characters)</source>
      <translation>密码（至少 10 个字符）</translation>
    </message>
    <message>
      <source>Passwords and keys that tasks use. They are encrypted, and nobody can read them.</source>
      <translation>任务使用的密码和密钥。它们已加密，任何人都无法读取。</translation>
    </message>
    <message>
      <source>Paste a crontab, or</source>
      <translation>粘贴 crontab，或</translation>
    </message>
    <message>
      <source>Pause schedule</source>
      <translation>暂停计划</translation>
    </message>
    <message>
      <source>Pause the schedule after consecutive failures</source>
      <translation>连续失败多少次后暂停计划</translation>
    </message>
    <message>
      <source>Paused</source>
      <translation>已暂停</translation>
    </message>
    <message>
      <source>Paused %1</source>
      <translation>已暂停 %1</translation>
    </message>
    <message>
      <source>Paused after</source>
      <translation>自动暂停条件</translation>
    </message>
    <message>
      <source>Paused: it failed %1 times in a row, last in run %2</source>
      <translation>已暂停：连续失败 %1 次，最近一次是运行 %2</translation>
    </message>
    <message>
      <source>Peak memory</source>
      <translation>内存峰值</translation>
    </message>
    <message>
      <source>Permission</source>
      <translation>权限</translation>
    </message>
    <message>
      <source>Permits only</source>
      <translation>仅允许</translation>
    </message>
    <message>
      <source>Pick a day</source>
      <translation>选择日期</translation>
    </message>
    <message>
      <source>Placement</source>
      <translation>运行位置</translation>
    </message>
    <message>
      <source>Plug-in failed</source>
      <translation>插件出错</translation>
    </message>
    <message>
      <source>Policies</source>
      <translation>策略</translation>
    </message>
    <message>
      <source>Position</source>
      <translation>次序</translation>
    </message>
    <message>
      <source>Preview</source>
      <translation>预览</translation>
    </message>
    <message>
      <source>Preview the tasks before they are created</source>
      <translation>创建前可先预览任务</translation>
    </message>
    <message>
      <source>Previous match (Shift+F3)</source>
      <translation>上一处（Shift+F3）</translation>
    </message>
    <message>
      <source>Previous page</source>
      <translation>上一页</translation>
    </message>
    <message>
      <source>Previous run</source>
      <translation>上一次运行</translation>
    </message>
    <message>
      <source>Previous run of this task</source>
      <translation>此任务的上一次运行</translation>
    </message>
    <message>
      <source>Priority</source>
      <translation>优先级</translation>
    </message>
    <message>
      <source>Process not ended</source>
      <translation>进程未能结束</translation>
    </message>
    <message>
      <source>Processes that a command leaves in the background end with its run.</source>
      <translation>命令留在后台的进程会随运行一起结束。</translation>
    </message>
    <message>
      <source>Production, staging…</source>
      <translation>生产、预发布…</translation>
    </message>
    <message>
      <source>Program</source>
      <translation>程序</translation>
    </message>
    <message>
      <source>Programs that use it are rejected from now on.</source>
      <translation>使用该令牌的程序将立即无法访问。</translation>
    </message>
    <message>
      <source>Progress</source>
      <translation>进度</translation>
    </message>
    <message>
      <source>Property</source>
      <translation>项目</translation>
    </message>
    <message>
      <source>Public key of the releases</source>
      <translation>发布者公钥</translation>
    </message>
    <message>
      <source>Purpose</source>
      <translation>用途</translation>
    </message>
    <message>
      <source>Queue</source>
      <translation>队列</translation>
    </message>
    <message>
      <source>Queue by task</source>
      <translation>按任务查看队列</translation>
    </message>
    <message>
      <source>Queue depth</source>
      <translation>队列深度</translation>
    </message>
    <message>
      <source>Queue depth over time</source>
      <translation>队列深度变化</translation>
    </message>
    <message>
      <source>Queue time</source>
      <translation>排队时间</translation>
    </message>
    <message>
      <source>Queued</source>
      <translation>入队时间</translation>
    </message>
    <message>
      <source>Queued %1</source>
      <translation>%1入队</translation>
    </message>
    <message>
      <source>Queued at %1</source>
      <translation>入队时间：%1</translation>
    </message>
    <message>
      <source>Quit</source>
      <translation>退出</translation>
    </message>
    <message>
      <source>Quit the console</source>
      <translation>退出控制台</translation>
    </message>
    <message>
      <source>Raise priority</source>
      <translation>提高优先级</translation>
    </message>
    <message>
      <source>Raise priority of its runs</source>
      <translation>提高该任务运行的优先级</translation>
    </message>
    <message>
      <source>Raised %1</source>
      <translation>已提高优先级：%1</translation>
    </message>
    <message>
      <source>Ran at the same time</source>
      <translation>同时进行的运行</translation>
    </message>
    <message>
      <source>Random delay</source>
      <translation>随机延迟</translation>
    </message>
    <message>
      <source>Re-run</source>
      <translation>重新运行</translation>
    </message>
    <message>
      <source>Re-run %1 runs?</source>
      <translation>重新运行这 %1 次运行？</translation>
    </message>
    <message>
      <source>Re-run 1 run?</source>
      <translation>重新运行 1 次运行？</translation>
    </message>
    <message>
      <source>Re-run with the version of this run</source>
      <translation>按此次运行的版本重新运行</translation>
    </message>
    <message>
      <source>Re-run with version %1</source>
      <translation>按版本 %1 重新运行</translation>
    </message>
    <message>
      <source>Read</source>
      <translation>查看</translation>
    </message>
    <message>
      <source>Read my crontab</source>
      <translation>读取我的 crontab</translation>
    </message>
    <message>
      <source>Read only</source>
      <translation>只读</translation>
    </message>
    <message>
      <source>Reads one signed file. Nothing about you is sent, and nothing is updated.</source>
      <translation>只读取一个已签名的文件，不发送任何与您有关的信息，也不会更新任何东西。</translation>
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
      <source>Refused</source>
      <translation>已拒绝</translation>
    </message>
    <message>
      <source>Relative (“5 min ago”)</source>
      <translation>相对时间（“5 分钟前”）</translation>
    </message>
    <message>
      <source>Reload</source>
      <translation>重新加载</translation>
    </message>
    <message>
      <source>Reload the list.</source>
      <translation>请重新加载列表。</translation>
    </message>
    <message>
      <source>Reload, review the change and apply yours again.</source>
      <translation>请重新加载，查看对方的改动，再应用您的修改。</translation>
    </message>
    <message>
      <source>Remove</source>
      <translation>移除</translation>
    </message>
    <message>
      <source>Remove %1</source>
      <translation>移除 %1</translation>
    </message>
    <message>
      <source>Remove %1?</source>
      <translation>移除 %1？</translation>
    </message>
    <message>
      <source>Remove dependency</source>
      <translation>移除依赖</translation>
    </message>
    <message>
      <source>Remove grant</source>
      <translation>移除授权</translation>
    </message>
    <message>
      <source>Remove service</source>
      <translation>移除服务</translation>
    </message>
    <message>
      <source>Remove this connection and sign out</source>
      <translation>移除此连接并退出登录</translation>
    </message>
    <message>
      <source>Removed a grant of %1</source>
      <translation>已移除 %1 的授权</translation>
    </message>
    <message>
      <source>Removed the dependency of %1 on %2</source>
      <translation>已移除 %1 对 %2 的依赖</translation>
    </message>
    <message>
      <source>Remove…</source>
      <translation>移除…</translation>
    </message>
    <message>
      <source>Renew the certificate, or correct the clock of this machine.</source>
      <translation>请续签证书，或校准本机时钟。</translation>
    </message>
    <message>
      <source>Repeat at most every</source>
      <translation>重复通知的最短间隔</translation>
    </message>
    <message>
      <source>Repeat interval</source>
      <translation>重复间隔</translation>
    </message>
    <message>
      <source>Request</source>
      <translation>请求</translation>
    </message>
    <message>
      <source>Request less at once, such as a shorter time span.</source>
      <translation>请缩小请求范围，例如缩短时间段。</translation>
    </message>
    <message>
      <source>Requeue all</source>
      <translation>全部重新入队</translation>
    </message>
    <message>
      <source>Requeue the messages when the cause is fixed. A message that fails again returns here.</source>
      <translation>排除原因后可重新入队。再次失败的消息会回到这里。</translation>
    </message>
    <message>
      <source>Required worker labels</source>
      <translation>工作节点必须具有的标签</translation>
    </message>
    <message>
      <source>Reset columns</source>
      <translation>恢复默认列</translation>
    </message>
    <message>
      <source>Resources</source>
      <translation>资源</translation>
    </message>
    <message>
      <source>Resources and retention</source>
      <translation>资源与保留</translation>
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
      <source>Restarted</source>
      <translation>已重启</translation>
    </message>
    <message>
      <source>Restore this version</source>
      <translation>恢复此版本</translation>
    </message>
    <message>
      <source>Restored what you entered at %1 and did not save.</source>
      <translation>已恢复您在 %1 输入但未保存的内容。</translation>
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
      <source>Resume (new runs again)</source>
      <translation>恢复（重新分配运行）</translation>
    </message>
    <message>
      <source>Resume schedule</source>
      <translation>恢复计划</translation>
    </message>
    <message>
      <source>Resumed %1</source>
      <translation>已恢复 %1</translation>
    </message>
    <message>
      <source>Retention</source>
      <translation>保留策略</translation>
    </message>
    <message>
      <source>Retries</source>
      <translation>重试次数</translation>
    </message>
    <message>
      <source>Retries and limits</source>
      <translation>重试与限制</translation>
    </message>
    <message>
      <source>Retry</source>
      <translation>重试</translation>
    </message>
    <message>
      <source>Retry after a timeout</source>
      <translation>超时后重试</translation>
    </message>
    <message>
      <source>Retry now</source>
      <translation>立即重试</translation>
    </message>
    <message>
      <source>Retry only after HTTP statuses</source>
      <translation>仅在这些 HTTP 状态码后重试</translation>
    </message>
    <message>
      <source>Retry only after exit codes</source>
      <translation>仅在这些退出码后重试</translation>
    </message>
    <message>
      <source>Retry policy</source>
      <translation>重试策略</translation>
    </message>
    <message>
      <source>Revoke key</source>
      <translation>吊销密钥</translation>
    </message>
    <message>
      <source>Revoke key…</source>
      <translation>吊销密钥…</translation>
    </message>
    <message>
      <source>Revoke the key of %1?</source>
      <translation>吊销 %1 的密钥？</translation>
    </message>
    <message>
      <source>Role</source>
      <translation>角色</translation>
    </message>
    <message>
      <source>Rows</source>
      <translation>行高</translation>
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
      <source>Run #</source>
      <translation>编号</translation>
    </message>
    <message>
      <source>Run %1</source>
      <translation>运行 %1</translation>
    </message>
    <message>
      <source>Run %1 does not exist.</source>
      <translation>运行 %1 不存在。</translation>
    </message>
    <message>
      <source>Run %1 does not exist. It was deleted, or you may not read it.</source>
      <translation>运行 %1 不存在：它已被删除，或者您无权查看。</translation>
    </message>
    <message>
      <source>Run %1 has already ended: it is %2.</source>
      <translation>运行 %1 已经结束，状态为“%2”。</translation>
    </message>
    <message>
      <source>Run %1 has already started: it is %2.</source>
      <translation>运行 %1 已经启动，状态为“%2”。</translation>
    </message>
    <message>
      <source>Run %1 has been running for longer than the expected %2 s.</source>
      <translation>运行 %1 的运行时间已超过预期的 %2 秒。</translation>
    </message>
    <message>
      <source>Run %1 has not ended: it is %2. Cancel it first.</source>
      <translation>运行 %1 尚未结束，状态为“%2”。请先取消。</translation>
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
      <source>Run %1 · %2</source>
      <translation>运行 %1 · %2</translation>
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
      <source>Run an example</source>
      <translation>运行一个示例</translation>
    </message>
    <message>
      <source>Run as user</source>
      <translation>运行用户</translation>
    </message>
    <message>
      <source>Run it as a user service that starts when you sign in, even without the console.</source>
      <translation>作为用户服务运行：登录后自动启动，无需打开控制台。</translation>
    </message>
    <message>
      <source>Run it once with these values, without saving: no schedule, no retries, no alerts</source>
      <translation>按当前输入运行一次，不保存：无计划、无重试、无告警</translation>
    </message>
    <message>
      <source>Run now</source>
      <translation>立即运行</translation>
    </message>
    <message>
      <source>Run task now</source>
      <translation>立即运行任务</translation>
    </message>
    <message>
      <source>Run tasks</source>
      <translation>运行任务</translation>
    </message>
    <message>
      <source>Run tasks: also triggers, cancels and retries</source>
      <translation>运行任务：还可触发、取消和重试</translation>
    </message>
    <message>
      <source>Run: also triggers, cancels and retries</source>
      <translation>运行：还可触发、取消和重试</translation>
    </message>
    <message>
      <source>Running</source>
      <translation>运行中</translation>
    </message>
    <message>
      <source>Running at %1, process %2.</source>
      <translation>运行于 %1，进程 %2。</translation>
    </message>
    <message>
      <source>Running now</source>
      <translation>正在运行</translation>
    </message>
    <message>
      <source>Runs</source>
      <translation>运行记录</translation>
    </message>
    <message>
      <source>Runs a command line with /bin/sh, or a script that begins with #!.</source>
      <translation>用 /bin/sh 执行命令行，或执行以 #! 开头的脚本。</translation>
    </message>
    <message>
      <source>Runs after</source>
      <translation>依赖的任务</translation>
    </message>
    <message>
      <source>Runs after other tasks, and when it is triggered.</source>
      <translation>在其他任务之后运行，也可手动触发。</translation>
    </message>
    <message>
      <source>Runs an example task and shows its output live</source>
      <translation>运行一个示例任务并实时显示输出</translation>
    </message>
    <message>
      <source>Runs and occurrences</source>
      <translation>运行与计划时间</translation>
    </message>
    <message>
      <source>Runs appear here as they happen. Run a task now, or wait for its schedule.</source>
      <translation>运行会实时显示在这里。可立即运行任务，或等待其计划时间。</translation>
    </message>
    <message>
      <source>Runs as</source>
      <translation>运行用户</translation>
    </message>
    <message>
      <source>Runs of %1 that count</source>
      <translation>计入 %1 的哪些运行</translation>
    </message>
    <message>
      <source>Runs to keep</source>
      <translation>保留的运行数</translation>
    </message>
    <message>
      <source>Runs when it is triggered.</source>
      <translation>触发时运行。</translation>
    </message>
    <message>
      <source>Save</source>
      <translation>保存</translation>
    </message>
    <message>
      <source>Save and run</source>
      <translation>保存并运行</translation>
    </message>
    <message>
      <source>Save and send a test</source>
      <translation>保存并发送测试消息</translation>
    </message>
    <message>
      <source>Save changes</source>
      <translation>保存修改</translation>
    </message>
    <message>
      <source>Save secret</source>
      <translation>保存机密</translation>
    </message>
    <message>
      <source>Save the whole log</source>
      <translation>保存完整日志</translation>
    </message>
    <message>
      <source>Save the whole log (Ctrl+S)</source>
      <translation>保存完整日志（Ctrl+S）</translation>
    </message>
    <message>
      <source>Save this filter</source>
      <translation>保存此筛选</translation>
    </message>
    <message>
      <source>Save this filter…</source>
      <translation>保存此筛选…</translation>
    </message>
    <message>
      <source>Save, then run it now</source>
      <translation>保存后立即运行</translation>
    </message>
    <message>
      <source>Saved. Sending a test message…</source>
      <translation>已保存，正在发送测试消息…</translation>
    </message>
    <message>
      <source>Saves all tasks, runs and logs in one file. Restore it with “taskdeck restore”.</source>
      <translation>将所有任务、运行和日志保存到一个文件，可用“taskdeck restore”恢复。</translation>
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
      <source>Scope</source>
      <translation>权限范围</translation>
    </message>
    <message>
      <source>Search for a task to add</source>
      <translation>搜索要添加的任务</translation>
    </message>
    <message>
      <source>Search in this view</source>
      <translation>在此视图中搜索</translation>
    </message>
    <message>
      <source>Search names, users and actions  ( / )</source>
      <translation>搜索名称、用户和操作（ / ）</translation>
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
      <source>Search tasks and run numbers  ( / )</source>
      <translation>搜索任务或运行编号（ / ）</translation>
    </message>
    <message>
      <source>Search the shortcuts</source>
      <translation>搜索快捷键</translation>
    </message>
    <message>
      <source>Search workers, hosts, labels and versions  ( / )</source>
      <translation>搜索工作节点、主机、标签或版本（ / ）</translation>
    </message>
    <message>
      <source>Secret</source>
      <translation>机密</translation>
    </message>
    <message>
      <source>Secrets</source>
      <translation>机密</translation>
    </message>
    <message>
      <source>Sections</source>
      <translation>分区</translation>
    </message>
    <message>
      <source>Select all</source>
      <translation>全选</translation>
    </message>
    <message>
      <source>Select all %1</source>
      <translation>选择全部 %1 项</translation>
    </message>
    <message>
      <source>Select at most %1 tasks to edit them together.</source>
      <translation>一次最多可同时编辑 %1 个任务。</translation>
    </message>
    <message>
      <source>Send a test message</source>
      <translation>发送测试消息</translation>
    </message>
    <message>
      <source>Send the password without encryption</source>
      <translation>不加密发送密码</translation>
    </message>
    <message>
      <source>Sends an HTTP request and checks the response status, by default 2xx.</source>
      <translation>发送 HTTP 请求并检查响应状态码，默认为 2xx。</translation>
    </message>
    <message>
      <source>Sent to</source>
      <translation>发送至</translation>
    </message>
    <message>
      <source>Sent to %1</source>
      <translation>已发送至 %1</translation>
    </message>
    <message>
      <source>Set another value…</source>
      <translation>设置新值…</translation>
    </message>
    <message>
      <source>Set aside</source>
      <translation>已搁置</translation>
    </message>
    <message>
      <source>Set by</source>
      <translation>设置者</translation>
    </message>
    <message>
      <source>Set password…</source>
      <translation>设置密码…</translation>
    </message>
    <message>
      <source>Settings</source>
      <translation>设置</translation>
    </message>
    <message>
      <source>Show %1 unconnected tasks</source>
      <translation>显示 %1 个独立任务</translation>
    </message>
    <message>
      <source>Show 1 unconnected task</source>
      <translation>显示 1 个独立任务</translation>
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
      <source>Show activity</source>
      <translation>查看操作记录</translation>
    </message>
    <message>
      <source>Show all %1 lines</source>
      <translation>显示全部 %1 行</translation>
    </message>
    <message>
      <source>Show all entries</source>
      <translation>显示全部记录</translation>
    </message>
    <message>
      <source>Show all runs</source>
      <translation>显示全部运行记录</translation>
    </message>
    <message>
      <source>Show all tasks</source>
      <translation>显示全部任务</translation>
    </message>
    <message>
      <source>Show failed runs</source>
      <translation>查看失败的运行</translation>
    </message>
    <message>
      <source>Show faults</source>
      <translation>查看故障</translation>
    </message>
    <message>
      <source>Show in the audit log</source>
      <translation>在审计日志中查看</translation>
    </message>
    <message>
      <source>Show in the graph</source>
      <translation>在依赖图中查看</translation>
    </message>
    <message>
      <source>Show its runs in the queue</source>
      <translation>在队列中显示该任务的运行</translation>
    </message>
    <message>
      <source>Show keyboard shortcuts</source>
      <translation>显示键盘快捷键</translation>
    </message>
    <message>
      <source>Show less</source>
      <translation>收起</translation>
    </message>
    <message>
      <source>Show log</source>
      <translation>查看日志</translation>
    </message>
    <message>
      <source>Show or hide unconnected tasks</source>
      <translation>显示或隐藏独立任务</translation>
    </message>
    <message>
      <source>Show run</source>
      <translation>查看运行</translation>
    </message>
    <message>
      <source>Show running runs</source>
      <translation>显示正在进行的运行</translation>
    </message>
    <message>
      <source>Show runs</source>
      <translation>查看运行记录</translation>
    </message>
    <message>
      <source>Show task</source>
      <translation>查看任务</translation>
    </message>
    <message>
      <source>Show the current queue</source>
      <translation>显示当前队列</translation>
    </message>
    <message>
      <source>Show the day of the next run in the agenda</source>
      <translation>在日程中查看下次运行的那一天</translation>
    </message>
    <message>
      <source>Show the failed runs of the last hour</source>
      <translation>显示最近一小时失败的运行</translation>
    </message>
    <message>
      <source>Show the failed runs of this task</source>
      <translation>查看此任务失败的运行</translation>
    </message>
    <message>
      <source>Show the last %1</source>
      <translation>显示最近 %1</translation>
    </message>
    <message>
      <source>Show the log of the local backend</source>
      <translation>查看本机后端日志</translation>
    </message>
    <message>
      <source>Show the next 7 days</source>
      <translation>显示未来 7 天</translation>
    </message>
    <message>
      <source>Show the object</source>
      <translation>查看该对象</translation>
    </message>
    <message>
      <source>Show the queue</source>
      <translation>显示队列</translation>
    </message>
    <message>
      <source>Show the queue. The latency includes the wait for a free slot.</source>
      <translation>显示队列。延迟包括等待空闲槽位的时间。</translation>
    </message>
    <message>
      <source>Show the runs of all tasks</source>
      <translation>显示所有任务的运行</translation>
    </message>
    <message>
      <source>Show the succeeded runs of the last hour</source>
      <translation>显示最近一小时成功的运行</translation>
    </message>
    <message>
      <source>Show the succeeded runs of this task</source>
      <translation>查看此任务成功的运行</translation>
    </message>
    <message>
      <source>Show the tasks of this folder</source>
      <translation>查看此文件夹的任务</translation>
    </message>
    <message>
      <source>Show the tasks with these labels</source>
      <translation>查看带有这些标签的任务</translation>
    </message>
    <message>
      <source>Show the whole graph</source>
      <translation>显示整张图</translation>
    </message>
    <message>
      <source>Show this day in the agenda</source>
      <translation>在日程中查看这一天</translation>
    </message>
    <message>
      <source>Show times as dates</source>
      <translation>显示为具体日期和时间</translation>
    </message>
    <message>
      <source>Show times relative to now</source>
      <translation>显示为相对时间</translation>
    </message>
    <message>
      <source>Show timestamps</source>
      <translation>显示时间戳</translation>
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
      <source>Show waiting runs</source>
      <translation>查看等待的运行</translation>
    </message>
    <message>
      <source>Show…</source>
      <translation>查看…</translation>
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
      <source>Sign in with %1</source>
      <translation>使用 %1 登录</translation>
    </message>
    <message>
      <source>Sign-in</source>
      <translation>登录</translation>
    </message>
    <message>
      <source>Signing in…</source>
      <translation>正在登录…</translation>
    </message>
    <message>
      <source>Signing key</source>
      <translation>签名密钥</translation>
    </message>
    <message>
      <source>Silence</source>
      <translation>静默</translation>
    </message>
    <message>
      <source>Silence alerts for 1 hour</source>
      <translation>静默告警 1 小时</translation>
    </message>
    <message>
      <source>Silence alerts of %1 for %2</source>
      <translation>静默 %1 的告警 %2</translation>
    </message>
    <message>
      <source>Silence alerts until 08:00</source>
      <translation>静默告警至 08:00</translation>
    </message>
    <message>
      <source>Silence alerts until it recovers</source>
      <translation>静默告警直至恢复</translation>
    </message>
    <message>
      <source>Silenced %1 until %2</source>
      <translation>已静默 %1，至 %2</translation>
    </message>
    <message>
      <source>Silenced %1 until it recovers</source>
      <translation>已静默 %1，直至恢复</translation>
    </message>
    <message>
      <source>Silenced %1 until they recover</source>
      <translation>已静默 %1，直至恢复</translation>
    </message>
    <message>
      <source>Silenced until %1, by %2</source>
      <translation>已由 %2 静默，至 %1</translation>
    </message>
    <message>
      <source>Silenced until it recovers, by %1</source>
      <translation>已由 %1 静默，直至恢复</translation>
    </message>
    <message>
      <source>Silences</source>
      <translation>静默</translation>
    </message>
    <message>
      <source>Since %1</source>
      <translation>自 %1 起</translation>
    </message>
    <message>
      <source>Size of text and controls</source>
      <translation>文字与控件大小</translation>
    </message>
    <message>
      <source>Skip times that already succeeded</source>
      <translation>跳过已成功的计划时间</translation>
    </message>
    <message>
      <source>Skipped</source>
      <translation>已跳过</translation>
    </message>
    <message>
      <source>Skips all limits, delays and dependencies, with critical priority and before all other runs. Only a free worker slot is still needed.</source>
      <translation>跳过所有限制、延迟和依赖，以紧急优先级排在所有运行之前，只需等待空闲槽位。</translation>
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
      <source>Someone else has changed it.</source>
      <translation>其他人已修改了它。</translation>
    </message>
    <message>
      <source>Something was set aside or restarted.</source>
      <translation>有项目被搁置或重启。</translation>
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
      <source>Start backend</source>
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
      <source>Start the local backend</source>
      <translation>启动本机后端</translation>
    </message>
    <message>
      <source>Start with one of these, or explore.</source>
      <translation>选择一项开始，或自行浏览。</translation>
    </message>
    <message>
      <source>Started</source>
      <translation>开始时间</translation>
    </message>
    <message>
      <source>Started %1, %2 later</source>
      <translation>%2 后于 %1 开始</translation>
    </message>
    <message>
      <source>Starting</source>
      <translation>启动中</translation>
    </message>
    <message>
      <source>Starting…</source>
      <translation>正在启动…</translation>
    </message>
    <message>
      <source>Starts per minute</source>
      <translation>每分钟启动数</translation>
    </message>
    <message>
      <source>State of the schedule</source>
      <translation>计划状态</translation>
    </message>
    <message>
      <source>Status</source>
      <translation>状态</translation>
    </message>
    <message>
      <source>Stop opening them in this console</source>
      <translation>不再用本控制台打开</translation>
    </message>
    <message>
      <source>Subscribe to a task in its menu with “Notify me on failure”.</source>
      <translation>在任务菜单中选择“失败时通知我”即可订阅。</translation>
    </message>
    <message>
      <source>Succeeded</source>
      <translation>成功</translation>
    </message>
    <message>
      <source>Succeeded, last hour</source>
      <translation>最近一小时成功</translation>
    </message>
    <message>
      <source>Switch between light and dark</source>
      <translation>切换浅色/深色主题</translation>
    </message>
    <message>
      <source>Switch connection</source>
      <translation>切换连接</translation>
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
      <source>Takes effect when the console starts next.</source>
      <translation>下次启动控制台时生效。</translation>
    </message>
    <message>
      <source>Task</source>
      <translation>任务</translation>
    </message>
    <message>
      <source>Task %1 does not exist.</source>
      <translation>任务 %1 不存在。</translation>
    </message>
    <message>
      <source>Task %1 does not exist. It was deleted, or you may not read it.</source>
      <translation>任务 %1 不存在：它已被删除，或者您无权查看。</translation>
    </message>
    <message>
      <source>Task %1 is named twice. One dependency for each task is enough.</source>
      <translation>任务 %1 出现了两次，每个任务只需一条依赖。</translation>
    </message>
    <message>
      <source>Task %1 · version %2</source>
      <translation>任务 %1 · 版本 %2</translation>
    </message>
    <message>
      <source>Task (empty: all tasks of the folder)</source>
      <translation>任务（留空表示该文件夹的所有任务）</translation>
    </message>
    <message>
      <source>Task as YAML</source>
      <translation>任务的 YAML</translation>
    </message>
    <message>
      <source>Task type</source>
      <translation>任务类型</translation>
    </message>
    <message>
      <source>Task types</source>
      <translation>任务类型</translation>
    </message>
    <message>
      <source>Task, run number, worker, or a command such as: run NAME</source>
      <translation>任务、运行编号、工作节点，或命令，例如：运行 名称</translation>
    </message>
    <message>
      <source>Taskdeck %1 of %2 is available.</source>
      <translation>Taskdeck %1（%2 发布）已可用。</translation>
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
      <source>Tasks that can be added</source>
      <translation>可添加的任务</translation>
    </message>
    <message>
      <source>Tasks that run after it</source>
      <translation>后续任务</translation>
    </message>
    <message>
      <source>Tasks that use it fail from now on, unless their worker has a secret of this name.</source>
      <translation>此后使用该机密的任务将失败，除非其工作节点自有同名机密。</translation>
    </message>
    <message>
      <source>Tasks to create</source>
      <translation>将创建的任务</translation>
    </message>
    <message>
      <source>Test run</source>
      <translation>试运行</translation>
    </message>
    <message>
      <source>Text, or label:team=ops, executor:http, priority:high, type:gpu</source>
      <translation>文字，或 label:team=ops、executor:http、priority:high、type:gpu</translation>
    </message>
    <message>
      <source>The address is not encrypted.</source>
      <translation>此地址没有加密。</translation>
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
      <source>The backend could not complete this.</source>
      <translation>后端无法完成此操作。</translation>
    </message>
    <message>
      <source>The backend did not answer in time.</source>
      <translation>后端未在规定时间内应答。</translation>
    </message>
    <message>
      <source>The backend does not have its key %1. Set it again.</source>
      <translation>后端没有加密它的密钥 %1。请重新设置该值。</translation>
    </message>
    <message>
      <source>The backend rejected a value.</source>
      <translation>后端拒绝了某个值。</translation>
    </message>
    <message>
      <source>The backend's identity could not be verified.</source>
      <translation>无法验证后端的身份。</translation>
    </message>
    <message>
      <source>The calendar %1 does not exist. Create it under Policies first.</source>
      <translation>日历 %1 不存在，请先在“策略”中创建。</translation>
    </message>
    <message>
      <source>The change conflicted with another one and was not made.</source>
      <translation>此更改与另一项更改冲突，未生效。</translation>
    </message>
    <message>
      <source>The concurrency group %1 does not exist. Create it under Policies first.</source>
      <translation>并发组 %1 不存在，请先在“策略”中创建。</translation>
    </message>
    <message>
      <source>The connection is lost. You see data from %1.</source>
      <translation>连接已断开。当前显示的是 %1 的数据。</translation>
    </message>
    <message>
      <source>The console has an internal error.</source>
      <translation>控制台发生内部错误。</translation>
    </message>
    <message>
      <source>The console retries automatically.</source>
      <translation>控制台会自动重试。</translation>
    </message>
    <message>
      <source>The database accepts no changes.</source>
      <translation>数据库不接受更改。</translation>
    </message>
    <message>
      <source>The database took too long.</source>
      <translation>数据库查询耗时过长。</translation>
    </message>
    <message>
      <source>The day %1 is not valid. Use 1 to 31, L for the last day, or 15W for the weekday nearest the 15th.</source>
      <translation>日期 %1 无效。请使用 1 到 31、L（最后一天）或 15W（最接近 15 日的工作日）。</translation>
    </message>
    <message>
      <source>The delay must be below the interval of the schedule, which is %1.</source>
      <translation>延迟必须小于计划的间隔（%1）。</translation>
    </message>
    <message>
      <source>The disk of the database is full.</source>
      <translation>数据库磁盘已满。</translation>
    </message>
    <message>
      <source>The documentation could not be opened.</source>
      <translation>无法打开文档。</translation>
    </message>
    <message>
      <source>The documentation is not installed.</source>
      <translation>未安装文档。</translation>
    </message>
    <message>
      <source>The end must be after the start.</source>
      <translation>结束时间必须晚于开始时间。</translation>
    </message>
    <message>
      <source>The examples were deleted. Create a task instead.</source>
      <translation>示例已被删除，请创建任务。</translation>
    </message>
    <message>
      <source>The executor %1 does not use this. Leave it empty.</source>
      <translation>执行器 %1 不使用此字段，请留空。</translation>
    </message>
    <message>
      <source>The file could not be read: %1.</source>
      <translation>无法读取该文件：%1。</translation>
    </message>
    <message>
      <source>The file is older than one that was read before, and was ignored.</source>
      <translation>该文件比以前读到的更旧，已忽略。</translation>
    </message>
    <message>
      <source>The file was ignored: %1.</source>
      <translation>该文件已被忽略：%1。</translation>
    </message>
    <message>
      <source>The first delay is %1; the delay %2.</source>
      <translation>首次延迟 %1；延迟%2。</translation>
    </message>
    <message>
      <source>The first start takes a few seconds longer.</source>
      <translation>首次启动需要多等几秒。</translation>
    </message>
    <message>
      <source>The first word of each command could be a user or a program. Choose above which it is.</source>
      <translation>各命令的第一个词可能是用户，也可能是程序。请在上方选择。</translation>
    </message>
    <message>
      <source>The hour %1 is not valid. Use 0 to 23.</source>
      <translation>小时 %1 无效，请使用 0 到 23。</translation>
    </message>
    <message>
      <source>The key is shown only once. On the worker's machine, save it in a file that only the worker can read, and start the worker:</source>
      <translation>密钥仅显示一次。请在工作节点所在的机器上将其保存到只有该工作节点可读的文件中，然后启动工作节点：</translation>
    </message>
    <message>
      <source>The last %1 runs. Too few have succeeded to say how long one usually takes.</source>
      <translation>最近 %1 次运行。成功的次数太少，无法得出通常耗时。</translation>
    </message>
    <message>
      <source>The last %1 runs. Usual duration: %2 (8 of 10 successful runs).</source>
      <translation>最近 %1 次运行。通常耗时：%2（10 次成功中的 8 次）。</translation>
    </message>
    <message>
      <source>The line has no command.</source>
      <translation>该行没有命令。</translation>
    </message>
    <message>
      <source>The local backend</source>
      <translation>本机后端</translation>
    </message>
    <message>
      <source>The local backend is not running.</source>
      <translation>本机后端未运行。</translation>
    </message>
    <message>
      <source>The local backend is starting.</source>
      <translation>本机后端正在启动。</translation>
    </message>
    <message>
      <source>The log could not be saved to %1: %2. Choose another folder, or free some space.</source>
      <translation>日志无法保存到 %1：%2。请选择其他文件夹，或释放空间。</translation>
    </message>
    <message>
      <source>The log is empty.</source>
      <translation>日志为空。</translation>
    </message>
    <message>
      <source>The logs are identical.</source>
      <translation>日志相同。</translation>
    </message>
    <message>
      <source>The messages of worker %1 are refused: it has no valid key.</source>
      <translation>工作节点 %1 发送的消息被拒绝：它没有有效密钥。</translation>
    </message>
    <message>
      <source>The minute %1 is not valid. Use 0 to 59.</source>
      <translation>分钟 %1 无效，请使用 0 到 59。</translation>
    </message>
    <message>
      <source>The month %1 is not valid. Use 1 to 12, or jan to dec.</source>
      <translation>月份 %1 无效，请使用 1 到 12 或 jan 到 dec。</translation>
    </message>
    <message>
      <source>The newest was %1.</source>
      <translation>最近一次%1。</translation>
    </message>
    <message>
      <source>The owner of worker %1 does not permit tasks to run as %2.</source>
      <translation>工作节点 %1 的所有者不允许任务以用户 %2 运行。</translation>
    </message>
    <message>
      <source>The packages of Taskdeck contain it; a repository contains it after it was built.</source>
      <translation>Taskdeck 的安装包自带文档；代码仓库需先生成。</translation>
    </message>
    <message>
      <source>The previous run of the task had not ended when this occurrence was due.</source>
      <translation>到此时间时，任务的上一次运行尚未结束。</translation>
    </message>
    <message>
      <source>The provider does not answer the backend.</source>
      <translation>身份提供商未应答后端。</translation>
    </message>
    <message>
      <source>The provider refused the sign-in, or it was cancelled there.</source>
      <translation>身份提供商拒绝了登录，或登录在那里被取消。</translation>
    </message>
    <message>
      <source>The provider's answer could not be verified, so it was not accepted.</source>
      <translation>无法验证身份提供商的应答，因此未予接受。</translation>
    </message>
    <message>
      <source>The replica that dispatches, and since when</source>
      <translation>负责调度的副本及开始时间</translation>
    </message>
    <message>
      <source>The role of %1 comes from their groups at the provider. Change their groups there, or %2.</source>
      <translation>%1 的角色由其在身份提供商的用户组决定。请在那里更改用户组，或更改 %2。</translation>
    </message>
    <message>
      <source>The schedule %1 would never run: its times in %2 are past, or excluded. Choose a later time.</source>
      <translation>计划 %1 永远不会运行：其时间（%2）已过去或被排除。请选择更晚的时间。</translation>
    </message>
    <message>
      <source>The second %1 is not valid. Use 0 to 59.</source>
      <translation>秒 %1 无效，请使用 0 到 59。</translation>
    </message>
    <message>
      <source>The secret %1 was set by somebody else at this moment. Set it again.</source>
      <translation>密钥 %1 刚刚被其他人设置。请重新设置。</translation>
    </message>
    <message>
      <source>The task %1 was deleted.</source>
      <translation>任务 %1 已被删除。</translation>
    </message>
    <message>
      <source>The task as YAML, in the format of “taskdeck apply”. Fields that are not listed have their defaults.</source>
      <translation>任务的 YAML 形式，可直接用于 taskdeck apply。未列出的字段取默认值。</translation>
    </message>
    <message>
      <source>The task has changed since then:</source>
      <translation>此后任务有变更：</translation>
    </message>
    <message>
      <source>The task has changed since then: %1.</source>
      <translation>此后任务有变更：%1。</translation>
    </message>
    <message>
      <source>The task has not changed since then.</source>
      <translation>此后任务没有变更。</translation>
    </message>
    <message>
      <source>The task of 1 was deleted.</source>
      <translation>1 次运行的任务已被删除。</translation>
    </message>
    <message>
      <source>The task of run %1 was deleted. The run cannot be retried.</source>
      <translation>运行 %1 的任务已被删除，无法重新运行。</translation>
    </message>
    <message>
      <source>The task runs after all of these tasks have run. With “all runs of the period”, it waits for every run of the upstream task since its own previous occurrence.</source>
      <translation>以下任务全部运行后，此任务才会运行。选择“整个周期的全部运行”时，它会等待上游任务自其上一个计划时间以来的所有运行。</translation>
    </message>
    <message>
      <source>The task, its schedule and its %1 runs are deleted permanently.</source>
      <translation>该任务及其计划和 %1 次运行记录将被永久删除。</translation>
    </message>
    <message>
      <source>The task, its schedule and its runs are deleted permanently.</source>
      <translation>该任务及其计划和运行记录将被永久删除。</translation>
    </message>
    <message>
      <source>The tasks of %1 were deleted.</source>
      <translation>%1 次运行的任务已被删除。</translation>
    </message>
    <message>
      <source>The tasks, their schedules and their runs are deleted permanently: %1</source>
      <translation>以下任务及其计划和运行记录将被永久删除：%1</translation>
    </message>
    <message>
      <source>The time zone %1 does not exist. Use an IANA name such as UTC or Asia/Shanghai.</source>
      <translation>时区 %1 不存在。请使用 IANA 名称，例如 UTC 或 Asia/Shanghai。</translation>
    </message>
    <message>
      <source>The token is shown only once. Copy it now.</source>
      <translation>令牌只显示这一次，请立即复制。</translation>
    </message>
    <message>
      <source>The two passwords differ.</source>
      <translation>两次输入的密码不一致。</translation>
    </message>
    <message>
      <source>The user can no longer sign in, and their tokens stop working. Their actions stay in the audit log.</source>
      <translation>该用户将无法登录，其令牌失效。其操作仍保留在审计日志中。</translation>
    </message>
    <message>
      <source>The variable %1 is not imported. Names of variables have letters, digits and _.</source>
      <translation>变量 %1 不会导入。变量名只能包含字母、数字和下划线。</translation>
    </message>
    <message>
      <source>The weekday %1 is not valid. Use 0 to 7, sun to sat, fri#2 for the second Friday, or L5 for the last.</source>
      <translation>星期 %1 无效。请使用 0 到 7、sun 到 sat、fri#2（第二个星期五）或 L5（最后一个星期五）。</translation>
    </message>
    <message>
      <source>Their content is lost. A run whose result is among them is detected by its worker's heartbeat.</source>
      <translation>其中的内容将丢失。若其中包含某次运行的结果，该运行会通过工作节点的心跳被发现。</translation>
    </message>
    <message>
      <source>Theme</source>
      <translation>主题</translation>
    </message>
    <message>
      <source>There is no open alert here that nobody has acknowledged.</source>
      <translation>这里没有尚未确认且未恢复的告警。</translation>
    </message>
    <message>
      <source>There is no such task.</source>
      <translation>没有这个任务。</translation>
    </message>
    <message>
      <source>There must be one task below “tasks:”.</source>
      <translation>“tasks:”下必须有且只有一个任务。</translation>
    </message>
    <message>
      <source>These have %1 bytes together, and at most %2 are possible. Put long values into files.</source>
      <translation>总计 %1 字节，最多允许 %2 字节。请将较长的值写入文件。</translation>
    </message>
    <message>
      <source>These tasks would wait for each other: %1</source>
      <translation>这些任务会相互等待：%1</translation>
    </message>
    <message>
      <source>This backend has no key to encrypt secrets with. An administrator of the server creates one with: taskdeck secret-key create FILE</source>
      <translation>此后端没有用于加密密钥值的主密钥。请服务器管理员运行以下命令创建：taskdeck secret-key create FILE</translation>
    </message>
    <message>
      <source>This cannot be undone.</source>
      <translation>此操作无法撤销。</translation>
    </message>
    <message>
      <source>This has %1 bytes, and at most %2 are possible. Put it into a file and give its path.</source>
      <translation>此项有 %1 字节，最多允许 %2 字节。请将内容写入文件并填写其路径。</translation>
    </message>
    <message>
      <source>This hour does not exist: the clock goes forward.</source>
      <translation>此小时不存在：时钟在此拨快。</translation>
    </message>
    <message>
      <source>This is not a crontab line. Write minute, hour, day of month, month, day of week and command.</source>
      <translation>这不是 crontab 行。格式为：分 时 日 月 星期 命令。</translation>
    </message>
    <message>
      <source>This is not an http or https address. Use one such as https://example.org/health.</source>
      <translation>这不是 http 或 https 地址，请使用 https://example.org/health 这样的地址。</translation>
    </message>
    <message>
      <source>This is not possible in the current state.</source>
      <translation>当前状态下无法执行此操作。</translation>
    </message>
    <message>
      <source>This is not valid JSON.</source>
      <translation>不是有效的 JSON。</translation>
    </message>
    <message>
      <source>This is not valid JSON: %1</source>
      <translation>不是有效的 JSON：%1</translation>
    </message>
    <message>
      <source>This is not valid YAML: %1.</source>
      <translation>不是有效的 YAML：%1。</translation>
    </message>
    <message>
      <source>This is not your current password.</source>
      <translation>当前密码不正确。</translation>
    </message>
    <message>
      <source>This machine</source>
      <translation>本机</translation>
    </message>
    <message>
      <source>This machine has no crontab command.</source>
      <translation>本机没有 crontab 命令。</translation>
    </message>
    <message>
      <source>This must have a character that can be seen.</source>
      <translation>必须至少包含一个可见字符。</translation>
    </message>
    <message>
      <source>This must not contain a NUL character.</source>
      <translation>不能包含 NUL 字符。</translation>
    </message>
    <message>
      <source>This must not contain control characters or line breaks.</source>
      <translation>不能包含控制字符或换行。</translation>
    </message>
    <message>
      <source>This name is taken by another task.</source>
      <translation>此名称已被其他任务使用。</translation>
    </message>
    <message>
      <source>This page could not be loaded.</source>
      <translation>无法加载此页。</translation>
    </message>
    <message>
      <source>This run</source>
      <translation>本次运行</translation>
    </message>
    <message>
      <source>This schedule has no future times, so the task will never run on its own.</source>
      <translation>此计划今后没有执行时间，任务不会自动运行。</translation>
    </message>
    <message>
      <source>This system has no keyring, so you will have to sign in again next time.</source>
      <translation>此系统没有密钥环，下次需要重新登录。</translation>
    </message>
    <message>
      <source>This system has no program that opens web pages.</source>
      <translation>此系统没有可打开网页的程序。</translation>
    </message>
    <message>
      <source>This system has no program that opens web pages. Copied: %1</source>
      <translation>此系统没有可打开网页的程序。已复制：%1</translation>
    </message>
    <message>
      <source>This system has no tray.</source>
      <translation>此系统不支持托盘图标。</translation>
    </message>
    <message>
      <source>This task has never run. Its runs appear here.</source>
      <translation>此任务从未运行。它的运行记录会显示在这里。</translation>
    </message>
    <message>
      <source>This task has no dependencies, and no task depends on it.</source>
      <translation>此任务没有依赖，也没有任务依赖它。</translation>
    </message>
    <message>
      <source>This user is the last administrator. Make another user an administrator first.</source>
      <translation>该用户是最后一个管理员。请先将另一个用户设为管理员。</translation>
    </message>
    <message>
      <source>This was %1</source>
      <translation>这次%1</translation>
    </message>
    <message>
      <source>Time</source>
      <translation>时间</translation>
    </message>
    <message>
      <source>Time limits</source>
      <translation>时间限制</translation>
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
      <translation>已超时</translation>
    </message>
    <message>
      <source>Timeout</source>
      <translation>超时</translation>
    </message>
    <message>
      <source>Timeout of an attempt</source>
      <translation>单次尝试的超时</translation>
    </message>
    <message>
      <source>Times</source>
      <translation>时间显示</translation>
    </message>
    <message>
      <source>Times in %1</source>
      <translation>时区：%1</translation>
    </message>
    <message>
      <source>To wait for all runs of the period, the task needs a schedule: the period is between two occurrences.</source>
      <translation>要等待整个周期的全部运行，任务必须有计划：周期是两次计划时间之间的时段。</translation>
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
      <source>Too many requests.</source>
      <translation>请求过多。</translation>
    </message>
    <message>
      <source>Total time limit</source>
      <translation>总时限</translation>
    </message>
    <message>
      <source>Total time limit for all attempts</source>
      <translation>所有尝试的总时限</translation>
    </message>
    <message>
      <source>Trace</source>
      <translation>链路追踪</translation>
    </message>
    <message>
      <source>Trigger</source>
      <translation>触发方式</translation>
    </message>
    <message>
      <source>Try again</source>
      <translation>重试</translation>
    </message>
    <message>
      <source>Try again in a moment.</source>
      <translation>请稍后重试。</translation>
    </message>
    <message>
      <source>Try again later. If this continues, tell an administrator.</source>
      <translation>请稍后重试。如果问题持续，请告知管理员。</translation>
    </message>
    <message>
      <source>Try again.</source>
      <translation>请重试。</translation>
    </message>
    <message>
      <source>Try all again</source>
      <translation>全部重试</translation>
    </message>
    <message>
      <source>Type %1 to confirm</source>
      <translation>确认请输入 %1</translation>
    </message>
    <message>
      <source>URL</source>
      <translation>URL</translation>
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
      <translation>截止时间</translation>
    </message>
    <message>
      <source>Until (exclusive)</source>
      <translation>截止时间（不含）</translation>
    </message>
    <message>
      <source>Until, or for how long</source>
      <translation>截止时间或时长</translation>
    </message>
    <message>
      <source>Upstream tasks</source>
      <translation>上游任务</translation>
    </message>
    <message>
      <source>Uptime</source>
      <translation>运行时长</translation>
    </message>
    <message>
      <source>Use 10 to 1,000 characters.</source>
      <translation>请使用 10 到 1,000 个字符。</translation>
    </message>
    <message>
      <source>Use https://. On a network that you trust, choose “Send the password without encryption”.</source>
      <translation>请使用 https://。如果是您信任的网络，可选择“不加密发送密码”。</translation>
    </message>
    <message>
      <source>Use name=value, such as team=billing.</source>
      <translation>请使用 name=value，例如 team=billing。</translation>
    </message>
    <message>
      <source>Use the name in the certificate. If you already do, do not sign in.</source>
      <translation>请使用证书中的名称。如果已在使用该名称，请勿登录。</translation>
    </message>
    <message>
      <source>Use the task version of this run instead of the current one</source>
      <translation>使用本次运行时的任务版本，而不是当前版本</translation>
    </message>
    <message>
      <source>User</source>
      <translation>用户</translation>
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
      <source>User or group</source>
      <translation>用户或组</translation>
    </message>
    <message>
      <source>Users</source>
      <translation>用户</translation>
    </message>
    <message>
      <source>Users and tokens</source>
      <translation>用户与令牌</translation>
    </message>
    <message>
      <source>Usual duration</source>
      <translation>通常耗时</translation>
    </message>
    <message>
      <source>Value</source>
      <translation>值</translation>
    </message>
    <message>
      <source>Value (at least 4 characters; it cannot be shown later)</source>
      <translation>值（至少 4 个字符；之后无法再显示）</translation>
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
      <source>Versions</source>
      <translation>版本</translation>
    </message>
    <message>
      <source>Versions of %1</source>
      <translation>%1 的版本</translation>
    </message>
    <message>
      <source>Versions…</source>
      <translation>版本…</translation>
    </message>
    <message>
      <source>Viewer</source>
      <translation>查看者</translation>
    </message>
    <message>
      <source>Viewer: read only</source>
      <translation>查看者：只读</translation>
    </message>
    <message>
      <source>Views</source>
      <translation>视图</translation>
    </message>
    <message>
      <source>Wait a moment and try again.</source>
      <translation>请稍后重试。</translation>
    </message>
    <message>
      <source>Waiting</source>
      <translation>等待中</translation>
    </message>
    <message>
      <source>Waiting for a free slot.</source>
      <translation>等待空闲槽位。</translation>
    </message>
    <message>
      <source>Waiting for a free slot: %1 of %2 are in use.</source>
      <translation>等待空闲槽位：已用 %1/%2。</translation>
    </message>
    <message>
      <source>Waiting for a free slot: %1 of %2 are in use. Runs ahead: %3.</source>
      <translation>等待空闲槽位：已用 %1/%2，前面还有 %3 次运行。</translation>
    </message>
    <message>
      <source>Waiting for attempt %1, not before %2.</source>
      <translation>等待第 %1 次尝试，最早于 %2。</translation>
    </message>
    <message>
      <source>Waiting for attempt %1.</source>
      <translation>等待第 %1 次尝试。</translation>
    </message>
    <message>
      <source>Waiting for its turn in the backfill.</source>
      <translation>等待补跑中的次序。</translation>
    </message>
    <message>
      <source>Waiting for its upstream tasks.</source>
      <translation>等待其上游任务。</translation>
    </message>
    <message>
      <source>Waiting for the next attempt.</source>
      <translation>等待下一次尝试。</translation>
    </message>
    <message>
      <source>Waiting for: %1.</source>
      <translation>等待：%1。</translation>
    </message>
    <message>
      <source>Waiting runs are cancelled now. Cancellation of running runs is requested. This cannot be undone.</source>
      <translation>等待中的运行会立即取消，运行中的会收到取消请求。此操作无法撤销。</translation>
    </message>
    <message>
      <source>Waiting: the backfill is at its concurrency limit of %1.</source>
      <translation>等待中：补跑已达并发上限（%1）。</translation>
    </message>
    <message>
      <source>Waiting: the concurrency group %1 is at its limit of %2.</source>
      <translation>等待中：并发组 %1 已达上限（%2）。</translation>
    </message>
    <message>
      <source>Waiting: the concurrency group %1 is at its limit of starts per minute.</source>
      <translation>等待中：并发组 %1 已达每分钟启动次数上限。</translation>
    </message>
    <message>
      <source>Waiting: the concurrency group %1 is at its limit of starts per minute. Next start: %2.</source>
      <translation>等待中：并发组 %1 已达每分钟启动次数上限，下次启动：%2。</translation>
    </message>
    <message>
      <source>Waiting: the previous run of the task has not ended.</source>
      <translation>等待中：该任务的上一次运行尚未结束。</translation>
    </message>
    <message>
      <source>Waiting: the task is at its concurrency limit of %1.</source>
      <translation>等待中：任务已达并发上限（%1）。</translation>
    </message>
    <message>
      <source>Waiting: the task is at its concurrency limit.</source>
      <translation>等待中：任务已达并发上限。</translation>
    </message>
    <message>
      <source>Waiting: the task or its concurrency group %1 is at its limit.</source>
      <translation>等待中：任务或其并发组 %1 已达上限。</translation>
    </message>
    <message>
      <source>WeCom</source>
      <translation>企业微信</translation>
    </message>
    <message>
      <source>Webhook</source>
      <translation>Webhook</translation>
    </message>
    <message>
      <source>Webhook URL</source>
      <translation>Webhook URL</translation>
    </message>
    <message>
      <source>Week</source>
      <translation>周</translation>
    </message>
    <message>
      <source>Weekdays off</source>
      <translation>每周休息日</translation>
    </message>
    <message>
      <source>What it sends is refused at once. Its current runs are retried or failed, as their tasks say.</source>
      <translation>它发送的消息立即被拒绝。当前运行将按任务的设置重试或记为失败。</translation>
    </message>
    <message>
      <source>What it sends is refused, because it has no valid key. Enroll it, and start it with the new key.</source>
      <translation>由于没有有效密钥，它发送的消息会被拒绝。请为它登记，再用新密钥启动。</translation>
    </message>
    <message>
      <source>What you entered in “%1” has not been saved.</source>
      <translation>在“%1”中输入的内容尚未保存。</translation>
    </message>
    <message>
      <source>When</source>
      <translation>时间</translation>
    </message>
    <message>
      <source>When alerts are raised</source>
      <translation>何时告警</translation>
    </message>
    <message>
      <source>While cron still runs the same lines, each of them would run twice.</source>
      <translation>只要 cron 仍在运行相同的行，每个任务就会运行两次。</translation>
    </message>
    <message>
      <source>Why</source>
      <translation>原因</translation>
    </message>
    <message>
      <source>Why the oldest waits</source>
      <translation>最早的运行为何等待</translation>
    </message>
    <message>
      <source>Window and notifications</source>
      <translation>窗口与通知</translation>
    </message>
    <message>
      <source>Without a schedule, the task runs only when triggered or after another task.</source>
      <translation>没有计划时，任务仅在被触发时或在其他任务之后运行。</translation>
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
      <source>Worker %1 does not accept the task type %2.</source>
      <translation>工作节点 %1 不接受任务类型 %2。</translation>
    </message>
    <message>
      <source>Worker %1 does not have the executor %2, or its owner does not permit it.</source>
      <translation>工作节点 %1 没有执行器 %2，或其所有者不允许使用。</translation>
    </message>
    <message>
      <source>Worker %1 does not have the labels %2.</source>
      <translation>工作节点 %1 没有标签 %2。</translation>
    </message>
    <message>
      <source>Worker %1 is not online.</source>
      <translation>工作节点 %1 不在线。</translation>
    </message>
    <message>
      <source>Worker %1 is running. Drain it and stop its process first.</source>
      <translation>工作节点 %1 正在运行。请先排空并停止其进程。</translation>
    </message>
    <message>
      <source>Worker id</source>
      <translation>工作节点 ID</translation>
    </message>
    <message>
      <source>Worker labels</source>
      <translation>工作节点标签</translation>
    </message>
    <message>
      <source>Worker lost</source>
      <translation>工作节点失联</translation>
    </message>
    <message>
      <source>Worker refused</source>
      <translation>工作节点被拒绝</translation>
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
      <source>Working…</source>
      <translation>正在处理…</translation>
    </message>
    <message>
      <source>Wrap long lines</source>
      <translation>长行自动换行</translation>
    </message>
    <message>
      <source>Write the task as the one item of a list below “tasks:”.</source>
      <translation>请将任务写成“tasks:”下列表中的唯一一项。</translation>
    </message>
    <message>
      <source>Writing the backup…</source>
      <translation>正在写入备份…</translation>
    </message>
    <message>
      <source>You are in no group that may use Taskdeck.</source>
      <translation>您不在任何可以使用 Taskdeck 的用户组中。</translation>
    </message>
    <message>
      <source>You are no longer notified of failures of %1.</source>
      <translation>%1 失败时不再通知您。</translation>
    </message>
    <message>
      <source>You are not signed in.</source>
      <translation>您尚未登录。</translation>
    </message>
    <message>
      <source>You are notified when runs of %1 fail.</source>
      <translation>%1 运行失败时将通知您。</translation>
    </message>
    <message>
      <source>You can review everything before it is created.</source>
      <translation>创建前可在此检查全部内容。</translation>
    </message>
    <message>
      <source>You do not have permission to do this.</source>
      <translation>您没有执行此操作的权限。</translation>
    </message>
    <message>
      <source>You have no crontab on this machine.</source>
      <translation>您在本机没有 crontab。</translation>
    </message>
    <message>
      <source>You have the newest version, %1.</source>
      <translation>已是最新版本 %1。</translation>
    </message>
    <message>
      <source>You need the permission “%1” for tasks without a folder.</source>
      <translation>对不在文件夹中的任务，您需要“%1”权限。</translation>
    </message>
    <message>
      <source>You need the permission “%1” in a folder.</source>
      <translation>您至少需要在一个文件夹中拥有“%1”权限。</translation>
    </message>
    <message>
      <source>You need the permission “%1” in the folder %2.</source>
      <translation>您需要文件夹 %2 的“%1”权限。</translation>
    </message>
    <message>
      <source>You see data from %1.</source>
      <translation>当前显示的是 %1 的数据。</translation>
    </message>
    <message>
      <source>Your sign-in has ended.</source>
      <translation>登录已失效。</translation>
    </message>
    <message>
      <source>Your sign-in is saved in the system keyring (%1). Your password is not saved.</source>
      <translation>登录信息保存在系统密钥环（%1）中，密码不会保存。</translation>
    </message>
    <message>
      <source>Your time zone: %1</source>
      <translation>您的时区：%1</translation>
    </message>
    <message>
      <source>Your tokens</source>
      <translation>我的令牌</translation>
    </message>
    <message>
      <source>Your user is disabled in Taskdeck.</source>
      <translation>您的用户在 Taskdeck 中已被停用。</translation>
    </message>
    <message>
      <source>Your version is newer than the newest release, %1.</source>
      <translation>您的版本比最新发布的 %1 更新。</translation>
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
      <source>a task that you may not read</source>
      <translation>您无权查看的任务</translation>
    </message>
    <message>
      <source>acknowledged</source>
      <translation>确认了</translation>
    </message>
    <message>
      <source>active</source>
      <translation>启用</translation>
    </message>
    <message>
      <source>added labels</source>
      <translation>添加的标签</translation>
    </message>
    <message>
      <source>after all runs of the period</source>
      <translation>等待整个周期的全部运行</translation>
    </message>
    <message>
      <source>after all runs of the period ended</source>
      <translation>周期内全部运行结束后</translation>
    </message>
    <message>
      <source>after all runs of the period failed</source>
      <translation>周期内全部运行失败后</translation>
    </message>
    <message>
      <source>after all runs of the period succeeded</source>
      <translation>周期内全部运行成功后</translation>
    </message>
    <message>
      <source>after any outcome</source>
      <translation>结束后（不论结果）</translation>
    </message>
    <message>
      <source>after failure</source>
      <translation>失败后</translation>
    </message>
    <message>
      <source>after it failed</source>
      <translation>失败后</translation>
    </message>
    <message>
      <source>after it succeeded</source>
      <translation>成功后</translation>
    </message>
    <message>
      <source>after success</source>
      <translation>成功后</translation>
    </message>
    <message>
      <source>alert channel</source>
      <translation>告警渠道</translation>
    </message>
    <message>
      <source>alert if not started within</source>
      <translation>未按时启动则告警</translation>
    </message>
    <message>
      <source>alert rule</source>
      <translation>告警规则</translation>
    </message>
    <message>
      <source>all</source>
      <translation>全部</translation>
    </message>
    <message>
      <source>all folders</source>
      <translation>所有文件夹</translation>
    </message>
    <message>
      <source>all runs of the period</source>
      <translation>整个周期的全部运行</translation>
    </message>
    <message>
      <source>all types</source>
      <translation>全部类型</translation>
    </message>
    <message>
      <source>any, or 1, 75</source>
      <translation>任意，或 1, 75</translation>
    </message>
    <message>
      <source>any, or 502, 503</source>
      <translation>任意，或 502, 503</translation>
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
      <translation>按编号分片</translation>
    </message>
    <message>
      <source>asyncio tasks</source>
      <translation>asyncio 任务</translation>
    </message>
    <message>
      <source>at</source>
      <translation>时刻</translation>
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
      <source>backfill at its limit</source>
      <translation>补跑已达并发上限</translation>
    </message>
    <message>
      <source>backfill at its limit (%1 of %2)</source>
      <translation>补跑已达并发上限（%1/%2）</translation>
    </message>
    <message>
      <source>backfilled</source>
      <translation>补跑</translation>
    </message>
    <message>
      <source>backoff</source>
      <translation>退避方式</translation>
    </message>
    <message>
      <source>being cancelled on %1</source>
      <translation>正在 %1 上取消</translation>
    </message>
    <message>
      <source>blackouts</source>
      <translation>停运时段</translation>
    </message>
    <message>
      <source>built in</source>
      <translation>内置</translation>
    </message>
    <message>
      <source>calendar</source>
      <translation>日历</translation>
    </message>
    <message>
      <source>cancel the previous run</source>
      <translation>取消上一次运行</translation>
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
      <source>chosen</source>
      <translation>选中数</translation>
    </message>
    <message>
      <source>command</source>
      <translation>命令</translation>
    </message>
    <message>
      <source>commands</source>
      <translation>命令</translation>
    </message>
    <message>
      <source>completion of %1</source>
      <translation>%1 结束</translation>
    </message>
    <message>
      <source>concurrency group</source>
      <translation>并发组</translation>
    </message>
    <message>
      <source>concurrency group %3 at its limit</source>
      <translation>并发组 %3 已达上限</translation>
    </message>
    <message>
      <source>concurrency group %3 at its limit (%1 of %2)</source>
      <translation>并发组 %3 已达上限（%1/%2）</translation>
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
      <source>created a key</source>
      <translation>签发密钥</translation>
    </message>
    <message>
      <source>created runs</source>
      <translation>创建运行</translation>
    </message>
    <message>
      <source>creating its child runs</source>
      <translation>正在创建子运行</translation>
    </message>
    <message>
      <source>critical</source>
      <translation>紧急</translation>
    </message>
    <message>
      <source>cron does not know @every. A task can have the schedule “%1”.</source>
      <translation>cron 不支持 @every。任务的计划可写作“%1”。</translation>
    </message>
    <message>
      <source>cron ran it as %1. A task runs as the user of its worker.</source>
      <translation>cron 以用户 %1 运行该命令，而任务以其工作节点的用户身份运行。</translation>
    </message>
    <message>
      <source>cron starts commands in the home directory of their user. Set the working directory of the task.</source>
      <translation>cron 在用户的主目录中启动命令，请设置任务的工作目录。</translation>
    </message>
    <message>
      <source>custom</source>
      <translation>自定义</translation>
    </message>
    <message>
      <source>d MMM</source>
      <translation>yyyy年M月d日</translation>
    </message>
    <message>
      <source>d MMM yyyy</source>
      <translation>M月d日</translation>
    </message>
    <message>
      <source>database connections</source>
      <translation>数据库连接</translation>
    </message>
    <message>
      <source>days to keep runs</source>
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
      <source>default user of the worker</source>
      <translation>工作节点的默认用户</translation>
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
      <source>discarded</source>
      <translation>丢弃</translation>
    </message>
    <message>
      <source>distribution</source>
      <translation>分发方式</translation>
    </message>
    <message>
      <source>does not pause</source>
      <translation>不暂停</translation>
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
      <translation>待运行</translation>
    </message>
    <message>
      <source>due now</source>
      <translation>即将执行</translation>
    </message>
    <message>
      <source>enabled</source>
      <translation>已启用</translation>
    </message>
    <message>
      <source>encrypted again</source>
      <translation>重新加密</translation>
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
      <source>event loop</source>
      <translation>事件循环</translation>
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
      <source>every run of %1 in its period to end</source>
      <translation>%1 在周期内的所有运行结束</translation>
    </message>
    <message>
      <source>every run of %1 in its period to fail</source>
      <translation>%1 在周期内的所有运行失败</translation>
    </message>
    <message>
      <source>every run of %1 in its period to succeed</source>
      <translation>%1 在周期内的所有运行成功</translation>
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
      <source>exit codes to retry</source>
      <translation>重试的退出码</translation>
    </message>
    <message>
      <source>expected duration</source>
      <translation>预期耗时</translation>
    </message>
    <message>
      <source>exported</source>
      <translation>导出了</translation>
    </message>
    <message>
      <source>failed</source>
      <translation>失败</translation>
    </message>
    <message>
      <source>failed to sign in</source>
      <translation>登录失败</translation>
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
      <source>failures before the schedule is paused</source>
      <translation>暂停计划前的连续失败次数</translation>
    </message>
    <message>
      <source>far more runs than slots</source>
      <translation>运行数远超槽位</translation>
    </message>
    <message>
      <source>faster than usual</source>
      <translation>比平时快</translation>
    </message>
    <message>
      <source>fault</source>
      <translation>故障</translation>
    </message>
    <message>
      <source>fields</source>
      <translation>字段</translation>
    </message>
    <message>
      <source>filter</source>
      <translation>筛选条件</translation>
    </message>
    <message>
      <source>finance/daily; empty: all folders</source>
      <translation>finance/daily；留空表示所有文件夹</translation>
    </message>
    <message>
      <source>first retry delay</source>
      <translation>首次重试延迟</translation>
    </message>
    <message>
      <source>folder</source>
      <translation>文件夹</translation>
    </message>
    <message>
      <source>folders</source>
      <translation>文件夹</translation>
    </message>
    <message>
      <source>for</source>
      <translation>对象</translation>
    </message>
    <message>
      <source>forever</source>
      <translation>永久</translation>
    </message>
    <message>
      <source>frequent tasks are estimated</source>
      <translation>高频任务为估算值</translation>
    </message>
    <message>
      <source>granted</source>
      <translation>授权</translation>
    </message>
    <message>
      <source>group %1</source>
      <translation>组 %1</translation>
    </message>
    <message>
      <source>had messages refused</source>
      <translation>消息被拒绝</translation>
    </message>
    <message>
      <source>heartbeat</source>
      <translation>心跳</translation>
    </message>
    <message>
      <source>heartbeat to</source>
      <translation>外部心跳</translation>
    </message>
    <message>
      <source>high</source>
      <translation>高</translation>
    </message>
    <message>
      <source>ids</source>
      <translation>编号</translation>
    </message>
    <message>
      <source>if the previous run is still running</source>
      <translation>上一次运行未结束时</translation>
    </message>
    <message>
      <source>if the worker is lost</source>
      <translation>工作节点失联时</translation>
    </message>
    <message>
      <source>in %1</source>
      <translation>%1后</translation>
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
      <source>is skipped</source>
      <translation>跳过</translation>
    </message>
    <message>
      <source>it recovers</source>
      <translation>任务恢复</translation>
    </message>
    <message>
      <source>label %1: %2</source>
      <translation>标签 %1：%2</translation>
    </message>
    <message>
      <source>labelled</source>
      <translation>修改了标签</translation>
    </message>
    <message>
      <source>labels</source>
      <translation>标签</translation>
    </message>
    <message>
      <source>last day</source>
      <translation>最后一天</translation>
    </message>
    <message>
      <source>late</source>
      <translation>延误</translation>
    </message>
    <message>
      <source>latest run</source>
      <translation>最近一次运行</translation>
    </message>
    <message>
      <source>left the queue</source>
      <translation>已离开队列</translation>
    </message>
    <message>
      <source>low</source>
      <translation>低</translation>
    </message>
    <message>
      <source>many</source>
      <translation>很多</translation>
    </message>
    <message>
      <source>mark it as failed (at most once)</source>
      <translation>标记为失败（至多一次）</translation>
    </message>
    <message>
      <source>maximum concurrent runs</source>
      <translation>最大并发运行数</translation>
    </message>
    <message>
      <source>maximum retry delay</source>
      <translation>最长重试延迟</translation>
    </message>
    <message>
      <source>maximum wait</source>
      <translation>最长等待</translation>
    </message>
    <message>
      <source>memory limit</source>
      <translation>内存上限</translation>
    </message>
    <message>
      <source>missed</source>
      <translation>已错过</translation>
    </message>
    <message>
      <source>missed runs</source>
      <translation>错过的运行</translation>
    </message>
    <message>
      <source>more missed runs not listed</source>
      <translation>其余错过的运行未列出</translation>
    </message>
    <message>
      <source>more than 10,000 runs</source>
      <translation>超过 10,000 次运行</translation>
    </message>
    <message>
      <source>moved</source>
      <translation>移动了</translation>
    </message>
    <message>
      <source>moved from one machine</source>
      <translation>从单机迁移到服务器数据库</translation>
    </message>
    <message>
      <source>moves to the next working day</source>
      <translation>顺延到下一个工作日</translation>
    </message>
    <message>
      <source>name</source>
      <translation>名称</translation>
    </message>
    <message>
      <source>name already in use</source>
      <translation>名称已被使用</translation>
    </message>
    <message>
      <source>never</source>
      <translation>从未</translation>
    </message>
    <message>
      <source>no</source>
      <translation>否</translation>
    </message>
    <message>
      <source>no alert</source>
      <translation>不告警</translation>
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
      <source>no expiry</source>
      <translation>永不过期</translation>
    </message>
    <message>
      <source>no field</source>
      <translation>无字段变更</translation>
    </message>
    <message>
      <source>no free slot</source>
      <translation>等待空闲槽位</translation>
    </message>
    <message>
      <source>no free slot (%1 of %2 busy)</source>
      <translation>等待空闲槽位（已用 %1/%2）</translation>
    </message>
    <message>
      <source>no limit</source>
      <translation>不限</translation>
    </message>
    <message>
      <source>no matches</source>
      <translation>无匹配</translation>
    </message>
    <message>
      <source>no matching worker</source>
      <translation>等待匹配的工作节点</translation>
    </message>
    <message>
      <source>no online worker</source>
      <translation>等待在线的工作节点</translation>
    </message>
    <message>
      <source>no runs</source>
      <translation>无运行</translation>
    </message>
    <message>
      <source>no schedule</source>
      <translation>无计划</translation>
    </message>
    <message>
      <source>no worker that permits tasks to run as %1</source>
      <translation>等待允许任务以用户 %1 运行的工作节点</translation>
    </message>
    <message>
      <source>no worker that permits the executor %1</source>
      <translation>等待允许执行器 %1 的工作节点</translation>
    </message>
    <message>
      <source>no worker with the labels %1</source>
      <translation>等待带有标签 %1 的工作节点</translation>
    </message>
    <message>
      <source>no worker with the task type %1</source>
      <translation>等待接受任务类型 %1 的工作节点</translation>
    </message>
    <message>
      <source>none</source>
      <translation>无</translation>
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
      <source>not changed</source>
      <translation>未更改</translation>
    </message>
    <message>
      <source>not responding</source>
      <translation>无响应</translation>
    </message>
    <message>
      <source>not sent yet</source>
      <translation>尚未发送</translation>
    </message>
    <message>
      <source>not started</source>
      <translation>尚未启动</translation>
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
      <source>oldest %1</source>
      <translation>最长等待 %1</translation>
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
      <source>once on each matching worker</source>
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
      <source>open alert</source>
      <translation>未结束的告警</translation>
    </message>
    <message>
      <source>open file limit</source>
      <translation>打开文件数上限</translation>
    </message>
    <message>
      <source>open files</source>
      <translation>打开的文件</translation>
    </message>
    <message>
      <source>open for %1</source>
      <translation>已持续 %1</translation>
    </message>
    <message>
      <source>outcome</source>
      <translation>结果</translation>
    </message>
    <message>
      <source>over</source>
      <translation>已恢复</translation>
    </message>
    <message>
      <source>over after %1</source>
      <translation>持续 %1 后恢复</translation>
    </message>
    <message>
      <source>p50 %1 · p95 %2</source>
      <translation>p50 %1 · p95 %2</translation>
    </message>
    <message>
      <source>paused</source>
      <translation>已暂停</translation>
    </message>
    <message>
      <source>paused schedule</source>
      <translation>暂停计划</translation>
    </message>
    <message>
      <source>permission</source>
      <translation>权限</translation>
    </message>
    <message>
      <source>policy</source>
      <translation>策略</translation>
    </message>
    <message>
      <source>previous run has not ended</source>
      <translation>等待该任务的上一次运行结束</translation>
    </message>
    <message>
      <source>priority</source>
      <translation>优先级</translation>
    </message>
    <message>
      <source>queue every run</source>
      <translation>全部排队</translation>
    </message>
    <message>
      <source>queue one run</source>
      <translation>排队，最多一个</translation>
    </message>
    <message>
      <source>ran</source>
      <translation>已运行</translation>
    </message>
    <message>
      <source>ran now</source>
      <translation>立即运行</translation>
    </message>
    <message>
      <source>random delay</source>
      <translation>随机延迟</translation>
    </message>
    <message>
      <source>re-ran</source>
      <translation>重新运行</translation>
    </message>
    <message>
      <source>re-run on another worker (at least once)</source>
      <translation>在其他工作节点重新运行（至少一次）</translation>
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
      <source>removed labels</source>
      <translation>移除的标签</translation>
    </message>
    <message>
      <source>replaced the key</source>
      <translation>更换了密钥</translation>
    </message>
    <message>
      <source>replaced the lost key</source>
      <translation>替换丢失的密钥</translation>
    </message>
    <message>
      <source>reported too late, ignored</source>
      <translation>上报过晚，已忽略</translation>
    </message>
    <message>
      <source>required worker labels</source>
      <translation>工作节点必须具有的标签</translation>
    </message>
    <message>
      <source>resumed</source>
      <translation>恢复</translation>
    </message>
    <message>
      <source>resumed schedule</source>
      <translation>恢复计划</translation>
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
      <source>retry at %4</source>
      <translation>将于 %4 重试</translation>
    </message>
    <message>
      <source>reused a refresh token</source>
      <translation>重复使用了刷新令牌</translation>
    </message>
    <message>
      <source>revoked</source>
      <translation>已吊销</translation>
    </message>
    <message>
      <source>revoked the key</source>
      <translation>吊销密钥</translation>
    </message>
    <message>
      <source>rule</source>
      <translation>规则</translation>
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
      <source>run each of them</source>
      <translation>逐个补跑</translation>
    </message>
    <message>
      <source>run in parallel</source>
      <translation>并行运行</translation>
    </message>
    <message>
      <source>run once</source>
      <translation>合并运行一次</translation>
    </message>
    <message>
      <source>running for %1</source>
      <translation>已运行 %1</translation>
    </message>
    <message>
      <source>running on %1</source>
      <translation>正在 %1 上运行</translation>
    </message>
    <message>
      <source>runs</source>
      <translation>运行</translation>
    </message>
    <message>
      <source>runs created for them</source>
      <translation>为其创建的运行</translation>
    </message>
    <message>
      <source>runs to keep</source>
      <translation>保留的运行数</translation>
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
      <source>scope</source>
      <translation>范围</translation>
    </message>
    <message>
      <source>searching…</source>
      <translation>正在查找…</translation>
    </message>
    <message>
      <source>sent a test message</source>
      <translation>发送了测试消息</translation>
    </message>
    <message>
      <source>sent back</source>
      <translation>送回队列</translation>
    </message>
    <message>
      <source>service</source>
      <translation>服务</translation>
    </message>
    <message>
      <source>set</source>
      <translation>设置</translation>
    </message>
    <message>
      <source>set up</source>
      <translation>初始设置</translation>
    </message>
    <message>
      <source>several values</source>
      <translation>多个值</translation>
    </message>
    <message>
      <source>sign-ins ended</source>
      <translation>登录已结束</translation>
    </message>
    <message>
      <source>signed in</source>
      <translation>已登录</translation>
    </message>
    <message>
      <source>signed out</source>
      <translation>已退出登录</translation>
    </message>
    <message>
      <source>silence</source>
      <translation>静默</translation>
    </message>
    <message>
      <source>silenced</source>
      <translation>静默</translation>
    </message>
    <message>
      <source>single sign-on</source>
      <translation>单点登录</translation>
    </message>
    <message>
      <source>skip them</source>
      <translation>跳过</translation>
    </message>
    <message>
      <source>skip this run</source>
      <translation>跳过本次</translation>
    </message>
    <message>
      <source>skipped</source>
      <translation>已跳过</translation>
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
      <source>slower than usual</source>
      <translation>比平时慢</translation>
    </message>
    <message>
      <source>start rate of concurrency group %3, until %4</source>
      <translation>并发组 %3 已达启动速率上限，至 %4</translation>
    </message>
    <message>
      <source>started now</source>
      <translation>立即启动</translation>
    </message>
    <message>
      <source>starting next</source>
      <translation>即将启动</translation>
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
      <source>strategy</source>
      <translation>调度策略</translation>
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
      <source>such as 90s or 1h 30m</source>
      <translation>例如 90s 或 1h 30m</translation>
    </message>
    <message>
      <source>system limit</source>
      <translation>系统限制</translation>
    </message>
    <message>
      <source>target %1 ms</source>
      <translation>目标 %1 毫秒</translation>
    </message>
    <message>
      <source>task</source>
      <translation>任务</translation>
    </message>
    <message>
      <source>task %1</source>
      <translation>任务 %1</translation>
    </message>
    <message>
      <source>task %1, which you may not read</source>
      <translation>任务 %1（您无权查看）</translation>
    </message>
    <message>
      <source>task at its limit</source>
      <translation>任务已达并发上限</translation>
    </message>
    <message>
      <source>task at its limit (%1 of %2)</source>
      <translation>任务已达并发上限（%1/%2）</translation>
    </message>
    <message>
      <source>task type</source>
      <translation>任务类型</translation>
    </message>
    <message>
      <source>taskdeck:// links in chats and e-mails open the task or run in this console.</source>
      <translation>聊天和邮件中的 taskdeck:// 链接会在本控制台中打开对应的任务或运行。</translation>
    </message>
    <message>
      <source>tasks</source>
      <translation>任务</translation>
    </message>
    <message>
      <source>tested</source>
      <translation>试运行</translation>
    </message>
    <message>
      <source>text</source>
      <translation>文本</translation>
    </message>
    <message>
      <source>the %1 of %2</source>
      <translation>%2 的 %1</translation>
    </message>
    <message>
      <source>the %1 of %2 tasks</source>
      <translation>%2 个任务的 %1</translation>
    </message>
    <message>
      <source>the executor's name</source>
      <translation>执行器名称</translation>
    </message>
    <message>
      <source>the last %1 runs</source>
      <translation>最近 %1 次运行</translation>
    </message>
    <message>
      <source>the same</source>
      <translation>相同</translation>
    </message>
    <message>
      <source>time zone</source>
      <translation>时区</translation>
    </message>
    <message>
      <source>timed out</source>
      <translation>已超时</translation>
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
      <source>took back a change</source>
      <translation>撤销了更改</translation>
    </message>
    <message>
      <source>took back the acknowledgement of</source>
      <translation>撤回了对以下告警的确认</translation>
    </message>
    <message>
      <source>total time limit</source>
      <translation>总时限</translation>
    </message>
    <message>
      <source>tried again</source>
      <translation>重试</translation>
    </message>
    <message>
      <source>tried each channel</source>
      <translation>试发了每个渠道</translation>
    </message>
    <message>
      <source>undone</source>
      <translation>撤销的操作</translation>
    </message>
    <message>
      <source>unknown</source>
      <translation>未知</translation>
    </message>
    <message>
      <source>unknown since %1</source>
      <translation>自 %1 起未知</translation>
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
      <source>up to %1</source>
      <translation>最多 %1 次</translation>
    </message>
    <message>
      <source>user</source>
      <translation>运行用户</translation>
    </message>
    <message>
      <source>variables</source>
      <translation>变量</translation>
    </message>
    <message>
      <source>waiting for %1</source>
      <translation>等待 %1</translation>
    </message>
    <message>
      <source>waiting for its upstream tasks</source>
      <translation>等待上游任务</translation>
    </message>
    <message>
      <source>waiting for worker %1</source>
      <translation>等待工作节点 %1</translation>
    </message>
    <message>
      <source>waiting from %1 to %2</source>
      <translation>%1 至 %2 之间在等待</translation>
    </message>
    <message>
      <source>was refused</source>
      <translation>被拒绝</translation>
    </message>
    <message>
      <source>whole period</source>
      <translation>整个周期</translation>
    </message>
    <message>
      <source>with</source>
      <translation>方式</translation>
    </message>
    <message>
      <source>withdrew</source>
      <translation>撤销授权</translation>
    </message>
    <message>
      <source>worker</source>
      <translation>工作节点</translation>
    </message>
    <message>
      <source>working directories</source>
      <translation>工作目录</translation>
    </message>
    <message>
      <source>working directory</source>
      <translation>工作目录</translation>
    </message>
    <message>
      <source>yes</source>
      <translation>是</translation>
    </message>
  </context>
</TS>
