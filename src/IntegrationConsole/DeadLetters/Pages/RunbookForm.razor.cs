using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters.Runbooks;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>One runbook as it is written.</summary>
public sealed partial class RunbookForm(RunbookStore runbooks, ConnectorCatalog catalog)
{
    internal static readonly IReadOnlyList<(string, string)> Causes = [.. Enum.GetValues<FailureCause>().Where(cause => cause is not FailureCause.Held).Select(cause => (cause.Code, cause.Words))];

    private static readonly IReadOnlyList<(string, string)> CauseOptions = [("", "any"), .. Causes];

    private IReadOnlyDictionary<string, string> _problems = new Dictionary<string, string>();
    private string _title = "";
    private string _cause = "";
    private string _connector = "";
    private string _code = "";
    private string _contains = "";
    private string _steps = "";
    private string _link = "";
    private string _owner = "";
    private string _tried = "";
    private bool _isOn;
    private bool _outdated;
    private bool _saved;
    private int _refusals;

    /// <summary>Null for what holds for all tenants.</summary>
    [Parameter]
    public TenantAccess? Access { get; set; }

    /// <summary>What it begins with.</summary>
    [Parameter, EditorRequired]
    public required RunbookDraft Draft { get; set; }

    /// <summary>What it takes the place of; null for a new one.</summary>
    [Parameter]
    public Runbook? Before { get; set; }

    [Parameter]
    public EventCallback OnDone { get; set; }

    protected override string? TenantSlug => Access?.Slug;

    private IReadOnlyList<(string, string)> ConnectorOptions => [("", "any"), .. catalog.All.Select(kind => (kind.Kind, kind.Title)).OrderBy(kind => kind.Title)];

    private Permission Writing => Access is null ? Permission.AdministerPlatform : Permission.Replay;

    private RunbookDraft Typed => new(_title, _steps, _link, _owner, _cause.Length == 0 ? null : FailureCauses.FromCode(_cause), _code, _connector, _contains, _isOn);

    protected override void OnInitialized()
    {
        (_title, _steps, _link, _owner, _isOn) = (Draft.Title, Draft.Steps, Draft.Link, Draft.Owner, Draft.IsOn);
        (_cause, _code, _connector, _contains) = (Draft.Cause?.Code ?? "", Draft.Code, Draft.Connector, Draft.Contains);
    }

    private string? Problem(string field) => _problems.GetValueOrDefault(field);

    private Task TryAsync() => ActAsync(Writing, "try a runbook", async _ =>
    {
        List<TenantId> tenants = Access is { } one ? [one.Id] : [.. (await Gatekeeper.TenantsAsync(Leaving)).Select(tenant => tenant.Id)];
        var (fits, known) = await runbooks.TryAsync(Typed.Pattern, tenants, Leaving);
        _tried = $"It fits {Durations.Exact(fits)} of {Durations.Exact(known)} known failure {(known == 1 ? "group" : "groups")}.";
    });

    private Task SaveAsync() => ActAsync(Writing, "write a runbook", async actor =>
    {
        _problems = Typed.Problems();
        if (_problems.Count > 0)
        {
            _refusals++;
            return;
        }

        switch (await runbooks.SaveAsync(Access?.Id, Typed, Before, actor, Leaving))
        {
            case RunbookSaved.Outdated:
                _outdated = true;
                break;
            case RunbookSaved.TooMany:
                Toasts.Say($"There are {RunbookStore.Most} runbooks already: delete one that is not needed any more.", Tone.Warn);
                break;
            case RunbookSaved.Done:
                _saved = true;
                Toasts.Say("The runbook is saved. It is shown with the failures that it fits.");
                await OnDone.InvokeAsync();
                break;
        }
    });

    private Task BackAsync() => OnDone.InvokeAsync();
}
