-- The requests of api.py for wrk, which has one thread: NUMBER in the body is another one in each request.
local path, body = os.getenv("BENCH_PATH"), os.getenv("BENCH_BODY")
local headers = {
    ["Authorization"] = "Bearer " .. os.getenv("BENCH_TOKEN"),
    ["Content-Type"] = "application/json",
}
local number = 0

function request()
    number = number + 1
    return wrk.format("POST", path, headers, (body:gsub("NUMBER", number)))
end

function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format(
        '{"requests": %d, "microseconds": %d, "p99_microseconds": %d, "errors": %d}\n',
        summary.requests, summary.duration, latency:percentile(99),
        errors.connect + errors.read + errors.write + errors.status + errors.timeout
    ))
end
