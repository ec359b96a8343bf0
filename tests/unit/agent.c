/* User agents of today: what they run on, in which app, and which of them are no people. */
#include "capture/agent.h"

#include "support/test.h"

struct example {
    const char *agent;
    const char *device;
    const char *os;
    const char *app;
    const char *bot;
};

#define IPHONE                                                                                  \
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like " \
    "Gecko) "
#define ANDROID "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
#define WEB_VIEW                                                                              \
    "Mozilla/5.0 (Linux; Android 14; SM-A546B Build/UP1A.231005.007; wv) AppleWebKit/537.36 " \
    "(KHTML, like Gecko) Version/4.0 Chrome/142.0.7444.102 Mobile Safari/537.36 "

// clang-format off
static const struct example people[] = {
    {IPHONE "Version/26.0 Mobile/15E148 Safari/604.1", "mobile", "ios", "", ""},
    {IPHONE "CriOS/142.0.7444.77 Mobile/15E148 Safari/604.1", "mobile", "ios", "", ""},
    {IPHONE "FxiOS/145.0 Mobile/15E148 Safari/604.1", "mobile", "ios", "", ""},
    {IPHONE "GSA/395.0.828471571 Mobile/15E148 Safari/604.1", "mobile", "ios", "google", ""},
    {IPHONE "Version/18.6 Mobile/15E148 Safari/604.1 Ddg/18.6", "mobile", "ios", "", ""},
    {IPHONE "Mobile/15E148 Instagram 405.0.0.33.79 (iPhone15,4; iOS 18_7; it_IT; it; scale=3.00; 1179x2556; 814010107)", "mobile", "ios", "instagram", ""},
    {IPHONE "Mobile/15E148 [FBAN/FBIOS;FBAV/536.0.0.41.96;FBBV/820131713;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS;FBSV/18.7;FBSS/3;FBCR/;FBID/phone;FBLC/it_IT;FBOP/80]", "mobile", "ios", "facebook", ""},
    {IPHONE "Mobile/15E148 [FBAN/MessengerForiOS;FBAV/530.0.0.38.107;FBDV/iPhone14,5;FBLC/it_IT]", "mobile", "ios", "messenger", ""},
    {IPHONE "Mobile/22H20 BytedanceWebview/d8a21c6 musical_ly_42.5.0 JsSdk/2.0 NetType/WIFI Channel/App Store ByteLocale/it Region/IT", "mobile", "ios", "tiktok", ""},
    {IPHONE "Mobile/15E148 Snapchat/13.65.0.41 (like Safari/8621.3.11.10.3, panda)", "mobile", "ios", "snapchat", ""},
    {IPHONE "Mobile/15E148 [Pinterest/iOS]", "mobile", "ios", "pinterest", ""},
    {IPHONE "Mobile/15E148 [LinkedInApp]/9.31.3472", "mobile", "ios", "linkedin", ""},
    {IPHONE "Mobile/15E148 Twitter for iPhone/11.40", "mobile", "ios", "x", ""},
    {IPHONE "Mobile/15E148 Barcelona 405.0.0.33.79 (iPhone15,4; iOS 18_7; it_IT)", "mobile", "ios", "threads", ""},
    {IPHONE "Mobile/15E148", "mobile", "ios", "webview", ""},
    {"Mozilla/5.0 (iPad; CPU OS 17_7_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.7 Mobile/15E148 Safari/604.1", "tablet", "ios", "", ""},
    {ANDROID "Chrome/142.0.0.0 Mobile Safari/537.36", "mobile", "android", "", ""},
    {ANDROID "Chrome/142.0.0.0 Safari/537.36", "tablet", "android", "", ""},
    {ANDROID "SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36", "mobile", "android", "", ""},
    {"Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0", "mobile", "android", "", ""},
    {"Mozilla/5.0 (Android 13; Tablet; rv:144.0) Gecko/144.0 Firefox/144.0", "tablet", "android", "", ""},
    {"Mozilla/5.0 (Linux; Android 12; CUBOT NOTE 20 PRO) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Mobile Safari/537.36", "mobile", "android", "", ""},
    {"Mozilla/5.0 (Linux; Android 12; HarmonyOS; NOH-AN00; HMSCore 6.13.0.322) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0.4844.88 HuaweiBrowser/15.0.4.312 Mobile Safari/537.36", "mobile", "harmonyos", "", ""},
    {WEB_VIEW "Instagram 405.1.0.57.77 Android (34/14; 450dpi; 1080x2340; samsung; SM-A546B; a54x; s5e8835; it_IT; 815309451)", "mobile", "android", "instagram", ""},
    {WEB_VIEW "[FB_IAB/FB4A;FBAV/537.0.0.51.77;IABMV/1;]", "mobile", "android", "facebook", ""},
    {WEB_VIEW "[FB_IAB/Orca-Android;FBAV/530.0.0.51.107;]", "mobile", "android", "messenger", ""},
    {WEB_VIEW "trill_420500 BytedanceWebview/d8a21c6", "mobile", "android", "tiktok", ""},
    {WEB_VIEW "Telegram-Android/12.1.1 (Samsung SM-A546B; Android 14; SDK 34; AVERAGE)", "mobile", "android", "telegram", ""},
    {WEB_VIEW, "mobile", "android", "webview", ""},
    {"Mozilla/5.0 (Linux; Android 11; KFTRWI) AppleWebKit/537.36 (KHTML, like Gecko) Silk/138.4.1 like Chrome/138.0.7204.244 Safari/537.36", "tablet", "android", "", ""},
    {"Opera/9.80 (Android; Opera Mini/36.2.2254/119.132; U; id) Presto/2.12.423 Version/12.16", "mobile", "android", "", ""},
    {"Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5", "mobile", "kaios", "", ""},
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36", "desktop", "windows", "", ""},
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0", "desktop", "windows", "", ""},
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0", "desktop", "windows", "", ""},
    {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15", "desktop", "macos", "", ""},
    {"Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "desktop", "linux", "", ""},
    {"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36", "desktop", "chromeos", "", ""},
    {"Mozilla/5.0 (SMART-TV; LINUX; Tizen 7.0) AppleWebKit/537.36 (KHTML, like Gecko) 94.0.4606.31/7.0 TV Safari/537.36", "", "tizen", "", ""},
    {"Lynx/2.9.2 libwww-FM/2.14 SSL-MM/1.4.1 GNUTLS/3.8.5", "", "", "", ""},
};

static const struct example machines[] = {
    {"", "", "", "", "empty"},
    {"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "", "", "", "crawler:googlebot"},
    {"Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.7444.59 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "mobile", "android", "", "crawler:googlebot"},
    {"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/136.0.0.0 Safari/537.36", "", "", "", "crawler:bingbot"},
    {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)", "desktop", "macos", "", "crawler:applebot"},
    {"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; GPTBot/1.3; +https://openai.com/gptbot", "", "", "", "ai:gptbot"},
    {"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)", "", "", "", "ai:claudebot"},
    {"facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "", "", "", "preview:facebookexternalhit"},
    {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0", "desktop", "macos", "", "preview:facebookexternalhit"},
    {"WhatsApp/2.25.31.75 A", "", "", "", "preview:whatsapp"},
    {"WhatsApp/2.2587.9 W", "", "", "", "preview:whatsapp"},
    {"TelegramBot (like TwitterBot)", "", "", "", "preview:twitterbot"},
    {"Mozilla/5.0 (compatible; Pinterestbot/1.0; +https://www.pinterest.com/bot.html)", "", "", "", "preview:pinterestbot"},
    {"LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)", "", "", "", "preview:linkedinbot"},
    {"Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "", "", "", "preview:slackbot"},
    {"Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)", "", "", "", "preview:discordbot"},
    {"Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 (compatible; TikTokSpider; ttspider-feedback@tiktok.com)", "mobile", "android", "", "ai:tiktokspider"},
    {"Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", "", "", "", "seo:ahrefsbot"},
    {"Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)", "", "", "", "monitor:uptimerobot"},
    {"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36", "desktop", "linux", "", "headless:headlesschrome"},
    {"Mozilla/5.0 (Linux; Android 11; moto g power (2022)) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36 Chrome-Lighthouse", "mobile", "android", "", "seo:chrome-lighthouse"},
    {"curl/8.14.1", "", "", "", "library:curl/"},
    {"Wget/1.25.0", "", "", "", "library:wget"},
    {"python-requests/2.32.5", "", "", "", "library:python"},
    {"Go-http-client/2.0", "", "", "", "library:go-http-client"},
    {"okhttp/5.1.0", "", "", "", "library:okhttp"},
    {"MyShop/3.2 CFNetwork/3860.100.1 Darwin/25.0.0", "", "", "", "library:cfnetwork"},
    {"Dalvik/2.1.0 (Linux; U; Android 14; SM-A546B Build/UP1A.231005.007)", "tablet", "android", "", "library:dalvik"},
    {"Mozilla/5.0 zgrab/0.x", "", "", "", "scanner:zgrab"},
    {"Mozilla/5.0 (compatible; SomeNewBot/0.1)", "", "", "", "word:bot/"},
    {"SomethingElse/1.0", "", "", "", "form:no browser"},
    {"Mozilla/5.0", "", "", "", "form:no browser"},
};
// clang-format on

static void check(const struct example *example)
{
    struct agent agent;
    agent_read(&agent, str_from(example->agent), STR(""), false);
    assert_str(agent.device, str_from(example->device));
    assert_str(agent.os, str_from(example->os));
    if (*example->app)
        assert_str(agent.app, str_from(example->app));
    assert_str(agent.bot, str_from(example->bot));
}

static void browsers_and_apps_of_people_are_told_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
        struct agent agent;
        check(&people[i]);
        agent_read(&agent, str_from(people[i].agent), STR(""), false);
        assert_str(agent.app, str_from(people[i].app));
    }
}

static void machines_are_known_with_the_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
        check(&machines[i]);
}

static void a_web_view_of_android_is_known_by_its_package(void **state)
{
    (void)state;
    struct agent agent;
    agent_read(&agent, STR(WEB_VIEW), STR("com.whatsapp"), false);
    assert_str(agent.app, STR("whatsapp"));
    agent_read(&agent, STR(WEB_VIEW), STR("com.example.unknown"), false);
    assert_str(agent.app, STR("webview"));
}

static void a_phone_may_say_so_beside_its_user_agent(void **state)
{
    (void)state;
    struct agent agent;
    agent_read(&agent, STR("Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/145.0"), STR(""),
               true);
    assert_str(agent.device, STR("mobile"));
}

static void any_bytes_are_read_without_harm(void **state)
{
    (void)state;
    char bytes[3000];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 7);
    struct agent agent;
    agent_read(&agent, str_make(bytes, sizeof bytes), str_make(bytes, sizeof bytes), false);
    assert_str(agent.bot, STR("form:no browser"));
}

TEST_MAIN(cmocka_unit_test(browsers_and_apps_of_people_are_told_apart),
          cmocka_unit_test(machines_are_known_with_the_reason),
          cmocka_unit_test(a_web_view_of_android_is_known_by_its_package),
          cmocka_unit_test(a_phone_may_say_so_beside_its_user_agent),
          cmocka_unit_test(any_bytes_are_read_without_harm))
