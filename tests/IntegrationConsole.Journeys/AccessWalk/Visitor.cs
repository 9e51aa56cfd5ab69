using IntegrationConsole.Journeys.Support;

namespace IntegrationConsole.Journeys.AccessWalk;

/// <summary>Somebody with a rank, and what the console owes them. The ranks are written down here once more, on purpose.</summary>
internal sealed record Visitor(string Name, string? Email, int Rank)
{
    private const int Platform = 4;

    private static readonly Dictionary<string, int> RankFor = new()
    {
        ["View"] = 0, ["ViewPayload"] = 1, ["Run"] = 1, ["Replay"] = 1, ["Configure"] = 2, ["Administer"] = 3, ["AdministerPlatform"] = Platform,
    };

    public static readonly IReadOnlyList<Visitor> All =
    [
        new("somebody not signed in", null, -1), new("a viewer", FurnishedConsole.Viewer, 0), new("an operator", FurnishedConsole.Operator, 1),
        new("an integrator", FurnishedConsole.Integrator, 2), new("a tenant admin", FurnishedConsole.TenantAdmin, 3), new("a platform admin", Site.Administrator, Platform),
    ];

    public static IEnumerable<Visitor> SignedIn => All.Where(visitor => visitor.Email is not null);

    public bool Sees(string tenant) => Rank == Platform || (Rank >= 0 && tenant == FurnishedConsole.Theirs);

    public Answer Expects(ApprovedRoute route, string tenant)
    {
        if (route.Needs == ConsoleEndpoints.Anyone)
        {
            return Answer.Shown;
        }

        if (Email is null)
        {
            return Answer.SignIn;
        }

        if (route.IsOfTenant)
        {
            return !Sees(tenant) ? Answer.NothingThere : Rank >= RankFor[route.Needs] ? Answer.Shown : Answer.Refused;
        }

        // Outside a tenant, looking is for everybody who is signed in and the rest for platform admins.
        return route.Needs is ConsoleEndpoints.SignedIn or "View" || Rank == Platform ? Answer.Shown : Answer.Refused;
    }
}

internal enum Answer
{
    Shown,
    SignIn,
    Refused,
    NothingThere,
}
