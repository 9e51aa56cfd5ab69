using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using IntegrationConsole.Journeys.Support;

namespace IntegrationConsole.Journeys.AccessWalk;

/// <summary>Every address, asked by everybody, in their own tenant and in one that is not theirs to see.</summary>
[Collection(FurnishedConsole.Collection)]
public sealed partial class Asking_every_address(FurnishedConsole console)
{
    private static readonly string[] NotByRole = ["/hooks/{publicId}", "/metrics", "/sample-api/{list}", "/status/{Code:int}"];

    [Fact]
    public async Task Everybody_gets_what_their_role_includes_and_nothing_else()
    {
        var surprises = new List<string>();
        foreach (var visitor in Visitor.All)
        {
            using var client = await ClientAsync(visitor);
            foreach (var tenant in new[] { FurnishedConsole.Theirs, FurnishedConsole.Foreign })
            {
                var addresses = tenant == FurnishedConsole.Theirs ? console.TheirAddresses : console.ForeignAddresses;
                foreach (var route in ApprovedRoutes.All.Where(route => !route.IsStatic && !NotByRole.Contains(route.Path) && (route.IsOfTenant || tenant == FurnishedConsole.Theirs)))
                {
                    using var answer = await AskAsync(client, route, addresses.Fill(route.Path));
                    if (Read(answer) != visitor.Expects(route, tenant))
                    {
                        surprises.Add($"{visitor.Name}: {route.Method} {addresses.Fill(route.Path)} is {Read(answer)} ({(int)answer.StatusCode}), not {visitor.Expects(route, tenant)}");
                    }
                }
            }
        }

        Assert.True(surprises.Count == 0, string.Join('\n', surprises));
    }

    [Fact]
    public async Task A_tenant_that_one_may_not_see_answers_exactly_like_one_that_does_not_exist()
    {
        var differences = new List<string>();
        foreach (var visitor in Visitor.SignedIn.Where(visitor => !visitor.Sees(FurnishedConsole.Foreign)))
        {
            using var client = await ClientAsync(visitor);
            foreach (var route in ApprovedRoutes.All.Where(route => route.IsOfTenant))
            {
                using var foreign = await AskAsync(client, route, console.ForeignAddresses.Fill(route.Path));
                using var unknown = await AskAsync(client, route, console.ForeignAddresses.Fill(route.Path, under: "made-up-x"));
                var (theirs, nobodys) = (await WholeAsync(foreign), await WholeAsync(unknown));
                if (theirs != nobodys || foreign.StatusCode is not HttpStatusCode.NotFound)
                {
                    differences.Add($"{visitor.Name}: {route.Path}\n{theirs}\n{nobodys}");
                }
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Theory]
    [InlineData("/health/live", HttpStatusCode.OK)]
    [InlineData("/health/ready", HttpStatusCode.OK)]
    [InlineData("/favicon.svg", HttpStatusCode.OK)]
    [InlineData("/status/404", HttpStatusCode.OK)]
    [InlineData("/sample-api/regions", HttpStatusCode.Unauthorized)]
    [InlineData("/metrics", HttpStatusCode.Unauthorized)]
    public async Task Programs_are_answered_without_a_session_and_never_sent_to_the_sign_in(string path, HttpStatusCode expected)
    {
        using var client = await ClientAsync(Visitor.All[0]);

        using var answer = await client.GetAsync(path);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Figures_are_for_platform_admins()
    {
        foreach (var visitor in Visitor.SignedIn)
        {
            using var client = await ClientAsync(visitor);
            using var answer = await client.GetAsync("/metrics");

            Assert.Equal(visitor.Email == Site.Administrator ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    private async Task<HttpClient> ClientAsync(Visitor visitor)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(console.Site.Address) };
        if (visitor.Email is { } email)
        {
            using var session = JsonDocument.Parse(await console.Site.SessionAsync(email));
            var cookies = session.RootElement.GetProperty("cookies").EnumerateArray().Select(cookie => $"{cookie.GetProperty("name").GetString()}={cookie.GetProperty("value").GetString()}");
            client.DefaultRequestHeaders.Add("Cookie", string.Join("; ", cookies));
        }

        return client;
    }

    private static async Task<HttpResponseMessage> AskAsync(HttpClient client, ApprovedRoute route, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(route.Method), path);
        return await client.SendAsync(request);
    }

    private static Answer Read(HttpResponseMessage answer) => answer.StatusCode switch
    {
        HttpStatusCode.Redirect when answer.Headers.Location?.AbsolutePath == "/signin" => Answer.SignIn,
        HttpStatusCode.Unauthorized => Answer.SignIn,
        HttpStatusCode.Forbidden => Answer.Refused,
        HttpStatusCode.NotFound => Answer.NothingThere,
        _ => Answer.Shown,
    };

    /// <summary>All that could tell two answers apart; the id of the request and a session's renewal are others each time.</summary>
    private static async Task<string> WholeAsync(HttpResponseMessage answer)
    {
        var headers = answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key is not "Date" and not "Set-Cookie").Select(header => $"{header.Key}: {string.Join(", ", header.Value)}");
        var text = $"{answer.StatusCode}\n{string.Join('\n', headers.Order(StringComparer.Ordinal))}\n{await answer.Content.ReadAsStringAsync()}";
        return RequestIds().Replace(text, "Error id …");
    }

    [GeneratedRegex("Error id [0-9A-Z]+:[0-9A-F]+")]
    private static partial Regex RequestIds();
}
