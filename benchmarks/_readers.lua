-- What readers, crawlers and those who mean harm ask: what there is, in all ways, and what there is not, ever anew.
local known = {
  "/", "/feeds/", "/feeds/musterstadt/", "/feeds/musterstadt.atom", "/feeds/musterstadt.rss", "/feeds/musterstadt.json",
  "/feeds/musterstadt/umwelt.atom", "/feeds/musterstadt/archive/", "/style.css", "/feeds.opml", "/sitemap.xml", "/feeds",
}
local headers = {
  { ["Accept-Encoding"] = "gzip" },
  { ["Accept-Encoding"] = "gzip", ["If-None-Match"] = '"0123456789abcdef"' },
  { ["Accept-Encoding"] = "gzip", ["If-Modified-Since"] = "Fri, 01 Jan 2100 00:00:00 GMT" },
  { ["Accept-Encoding"] = "identity", ["If-None-Match"] = "*" },
  { ["Accept-Encoding"] = "br;q=1.0, gzip;q=0.8, *;q=0.1" },
  {},
}
local count = 0

function request()
  count = count + 1
  local path = known[count % #known + 1]
  if count % 5 == 0 then path = path .. "?v=" .. math.random(1, 1000000000) end
  if count % 500 == 0 then path = "/releases/" .. math.random(1, 1000000000) end
  return wrk.format("GET", path, headers[count % #headers + 1])
end
