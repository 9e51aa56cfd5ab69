using IntegrationConsole.Controls;

namespace IntegrationConsole.Access.Pages;

public sealed partial class UsersPage(AccessStore access, People people, AccessLinks links)
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

    private Task SetAdminAsync(UserRow user) => ChangeAsync(user, "change the rank of", actor => people.SetPlatformAdminAsync(user.Id, !user.IsPlatformAdmin, actor, Leaving));

    private Task SetDisabledAsync(UserRow user) => ChangeAsync(user, "disable or enable", actor => people.SetDisabledAsync(user.Id, user.DisabledAt is null, actor, Leaving));

    private Task ChangeAsync(UserRow user, string attempt, Func<Actor, Task<string>> change) => ActAsync(Permission.AdministerPlatform, $"{attempt} {user.Email}", async actor =>
    {
        var problem = await change(actor);
        if (problem.Length > 0)
        {
            Toasts.Say(problem, Tone.Bad);
        }

        await FetchAsync();
    });
}
