using IntegrationConsole.Controls;

namespace IntegrationConsole.Access.Pages;

public sealed partial class UsersPage(AccessStore access, People people, AccessLinks links, TimeProvider clock)
{
    private IReadOnlyList<UserRow> _users = [];
    private Dictionary<Guid, List<string>> _grants = [];
    private Guid? _me;
    private bool _inviting;
    private string _email = "";
    private string _name = "";
    private bool _admin;
    private string? _problem;
    private string? _link;
    private string _linkFor = "";
    private ConfirmDialog? _confirm;
    private Question? _question;

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _me = (await Gatekeeper.WhoAsync()).UserId;
        _users = await access.ListUsersAsync(Leaving);
        _grants = (await access.ListGrantsAsync(Leaving)).GroupBy(grant => grant.UserId)
            .ToDictionary(group => group.Key, group => group.Select(grant => $"{grant.TenantName} ({grant.Role.Words})").ToList());
    }

    private Task InviteAsync() => ActAsync(Permission.AdministerPlatform, "invite a user", async actor =>
    {
        _problem = _email.Contains('@') ? null : "Enter an e-mail address.";
        if (_problem is not null)
        {
            return;
        }

        var (id, problem) = await people.InviteAsync(_email, _name, _admin, actor, Leaving);
        _problem = problem.Length > 0 ? problem : null;
        if (id is { } created)
        {
            await ShowLinkAsync(created, _email);
            (_inviting, _email, _name, _admin) = (false, "", "", false);
            await FetchAsync();
        }
    });

    private Task LinkAsync(UserRow user) => ActAsync(Permission.AdministerPlatform, $"make a link for {user.Email}", _ => ShowLinkAsync(user.Id, user.Email));

    private async Task ShowLinkAsync(Guid user, string email)
    {
        _link = Navigation.ToAbsoluteUri(await links.CreateAsync(user, Leaving)).ToString();
        _linkFor = email;
    }

    private bool IsLocked(UserRow user) => user.LockoutEnd > clock.GetUtcNow();

    private Question AdminQuestion(UserRow user) => user.IsPlatformAdmin
        ? new(user, $"End {user.DisplayName}'s rank of platform admin", "End admin", true,
            $"{user.Email} keeps the roles given on tenants' People pages, and must sign in again.", $"{user.DisplayName} is no platform admin any more.",
            actor => people.SetPlatformAdminAsync(user.Id, false, actor, Leaving))
        : new(user, $"Make {user.DisplayName} a platform admin", "Make admin", false,
            $"{user.Email} may then do everything for every tenant, and say who else may.", $"{user.DisplayName} is a platform admin now.",
            actor => people.SetPlatformAdminAsync(user.Id, true, actor, Leaving));

    private Question DisableQuestion(UserRow user) => user.DisabledAt is null
        ? new(user, $"Disable {user.DisplayName}", "Disable", true,
            $"{user.Email} is signed out everywhere and cannot sign in until somebody enables them again. Their roles are kept.", $"{user.DisplayName} cannot sign in any more.",
            actor => people.SetDisabledAsync(user.Id, true, actor, Leaving))
        : new(user, $"Enable {user.DisplayName}", "Enable", false,
            $"{user.Email} may sign in again, with the roles they had.", $"{user.DisplayName} may sign in again.",
            actor => people.SetDisabledAsync(user.Id, false, actor, Leaving));

    private Task AskAsync(Question question)
    {
        _question = question;
        return _confirm!.OpenAsync();
    }

    private Task ConfirmedAsync(string reason) => _question is { } question ? ChangeAsync(question.User, question.Confirm, question.Done, question.Change) : Task.CompletedTask;

    private Task UnlockAsync(UserRow user) => ChangeAsync(user, "Unlock", $"{user.DisplayName} may try to sign in again.", actor => people.UnlockAsync(user.Id, actor, Leaving));

    private Task ChangeAsync(UserRow user, string what, string done, Func<Actor, Task<string>> change) => ActAsync(Permission.AdministerPlatform, $"{what.ToLowerInvariant()}: {user.Email}", async actor =>
    {
        var problem = await change(actor);
        Toasts.Say(problem.Length > 0 ? problem : done, problem.Length > 0 ? Tone.Bad : Tone.Good);
        await FetchAsync();
    });

    /// <summary>What is asked before somebody's access is changed.</summary>
    private sealed record Question(UserRow User, string Title, string Confirm, bool Dangerous, string Meaning, string Done, Func<Actor, Task<string>> Change);
}
