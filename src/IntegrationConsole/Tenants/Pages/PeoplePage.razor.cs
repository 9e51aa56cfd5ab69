using IntegrationConsole.Access;
using IntegrationConsole.Controls;

namespace IntegrationConsole.Tenants.Pages;

public sealed partial class PeoplePage(AccessStore access, People people, AccessLinks links)
{
    private static readonly IReadOnlyList<(string, string)> Roles = [.. Enum.GetValues<Role>().Select(role => (role.ToString(), $"{role.Words}: {role.Explanation}"))];

    private IReadOnlyList<(UserRow User, Role Role)> _members = [];
    private string _email = "";
    private string _role = nameof(Role.Operator);
    private string? _problem;
    private string? _link;
    private string _linkFor = "";
    private ConfirmDialog? _remove;
    private UserRow? _leaver;

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync() => _members = await access.ListMembersAsync(Id, Leaving);

    private Task AddAsync() => ActAsync(Permission.Administer, "add a person", async actor =>
    {
        _problem = _email.Contains('@') ? null : "Enter an e-mail address.";
        if (_problem is not null)
        {
            return;
        }

        var known = await people.FindByEmailAsync(_email);
        var userId = known?.Id;
        if (userId is null)
        {
            (userId, var problem) = await people.InviteAsync(_email, "", platformAdmin: false, actor, Leaving);
            _problem = problem.Length > 0 ? problem : null;
        }

        if (userId is { } person)
        {
            await access.SetRoleAsync(Id, person, Enum.Parse<Role>(_role), actor, Leaving);
            (_link, _linkFor) = known is null ? (Navigation.ToAbsoluteUri(await links.CreateAsync(person, Leaving)).ToString(), _email) : (null, "");
            _email = "";
            await FetchAsync();
        }
    });

    private Task SetRoleAsync(UserRow user, Role? role) => ActAsync(Permission.Administer, "change a role", async actor =>
    {
        await access.SetRoleAsync(Id, user.Id, role, actor, Leaving);
        Toasts.Say(role is { } given ? $"{user.DisplayName} is {given.Words} here now." : $"{user.DisplayName} has no role here any more.");
        await FetchAsync();
    });

    private Task AskToRemoveAsync(UserRow user)
    {
        _leaver = user;
        return _remove!.OpenAsync();
    }

    private Task RemoveAsync(string reason) => SetRoleAsync(_leaver!, null);
}
