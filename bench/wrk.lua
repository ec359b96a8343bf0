-- For wrk: sends the request in the file $BENCH_REQUEST, and writes what it measured to $BENCH_OUT as JSON.
local first = true
for line in io.lines(os.getenv("BENCH_REQUEST")) do
    line = line:gsub("\r$", "")
    if first then
        wrk.path = line:match("^GET (%S+)")
        first = false
    elseif line ~= "" then
        local name, value = line:match("^([^:]+): (.*)$")
        wrk.headers[name] = value
    end
end

function done(summary, latency, requests)
    local e = summary.errors
    local out = io.open(os.getenv("BENCH_OUT"), "w")
    out:write(string.format(
        '{"requests":%d,"seconds":%.6f,"errors":%d,"p50_us":%d,"p99_us":%d,"max_us":%d}\n',
        summary.requests, summary.duration / 1e6, e.connect + e.read + e.write + e.status + e.timeout,
        latency:percentile(50), latency:percentile(99), latency.max))
    out:close()
end
