using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters.Runbooks;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>The runbooks of a tenant, or those that hold for all: one list, one that is read, one that is written.</summary>
public sealed partial class RunbookBoard(RunbookStore runbooks)
{
    private static readonly IReadOnlyList<(string, string)> CauseOptions = [("", "any"), .. RunbookForm.Causes];

    private IReadOnlyList<Runbook> _runbooks = [];
    private IReadOnlyDictionary<Guid, RunbookUse> _use = new Dictionary<Guid, RunbookUse>();
    private Runbook? _opened;
    private Runbook? _edited;
    private RunbookDraft? _draft;
    private string? _drafted;
    private ConfirmDialog? _delete;
    private bool _isPlatformAdmin;
    private string _text = "";

    /// <summary>Null for what holds for all tenants.</summary>
    [Parameter]
    public TenantAccess? Access { get; set; }

    [Inject]
    public required ConnectorCatalog Catalog { get; set; }

    [SupplyParameterFromQuery(Name = "cause")]
    public string? CauseInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "q")]
    public string? TextInAddress { get; set; }

    /// <summary>The one to read.</summary>
    [SupplyParameterFromQuery(Name = "runbook")]
    public string? RunbookInAddressText { get; set; }

    private Guid? RunbookInAddress => AddressText.Id(RunbookInAddressText);

    /// <summary>The one to write, or "new".</summary>
    [SupplyParameterFromQuery(Name = "edit")]
    public string? EditInAddress { get; set; }

    /// <summary>The group for which a new one is written.</summary>
    [SupplyParameterFromQuery(Name = "group")]
    public string? GroupInAddressText { get; set; }

    private Guid? GroupInAddress => AddressText.Id(GroupInAddressText);

    protected override string? TenantSlug => Access?.Slug;

    private string Page => Access is null ? "/fleet/runbooks" : $"/t/{Access.Slug}/runbooks";

    private Permission Writing => Access is null ? Permission.AdministerPlatform : Permission.Replay;

    private string? DeniedWriting => (Access?.May(Writing) ?? _isPlatformAdmin) ? null : $"Needs the role {Writing.NeededRole}";

    private bool IsFiltered => !string.IsNullOrEmpty(CauseInAddress) || !string.IsNullOrEmpty(TextInAddress);

    private IReadOnlyList<Runbook> Shown =>
    [
        .. _runbooks.Where(runbook => (string.IsNullOrEmpty(CauseInAddress) || runbook.Cause == FailureCauses.FromCode(CauseInAddress))
            && (TextInAddress is not { Length: > 0 } text || $"{runbook.Title} {runbook.Steps} {runbook.Owner}".Contains(text.Trim(), StringComparison.OrdinalIgnoreCase))),
    ];

    protected override Task OnParametersSetAsync()
    {
        _text = TextInAddress ?? "";
        return LoadAsync(FetchAsync);
    }

    private async Task FetchAsync()
    {
        _isPlatformAdmin = await Gatekeeper.IsPlatformAdminAsync(Leaving);
        List<TenantId> tenants = Access is { } one ? [one.Id] : [.. (await Gatekeeper.TenantsAsync(Leaving)).Select(tenant => tenant.Id)];
        var shelf = await runbooks.ReadAsync(tenants, Leaving);
        _use = await runbooks.CountUseAsync(shelf, tenants, Leaving);
        _runbooks = [.. shelf.All.Where(runbook => Access is not null || runbook.IsForAll)];
        _opened = _runbooks.FirstOrDefault(runbook => runbook.Id == RunbookInAddress);

        // What is being typed is not thrown away because something else changed.
        if (_drafted != EditInAddress)
        {
            _drafted = EditInAddress;
            _edited = _runbooks.FirstOrDefault(runbook => runbook.Id.ToString() == EditInAddress && CanChange(runbook));
            _draft = _edited is { } old ? DraftOf(old) : EditInAddress == "new" ? await NewAsync() : null;
        }
    }

    private static RunbookDraft DraftOf(Runbook old) => new(old.Title, old.Steps, old.Link, old.Owner, old.Cause, old.Code, old.Connector, old.Contains, old.IsOn);

    /// <summary>For a group it begins with what tells that group apart.</summary>
    private async Task<RunbookDraft> NewAsync() =>
        Access is { } tenant && GroupInAddress is { } group && await runbooks.SignAsync(tenant.Id, group, Leaving) is { } sign
            ? new RunbookDraft("", "", "", (await Gatekeeper.WhoAsync()).Name, sign.Cause, sign.Code, sign.Connector, RunbookDraft.LongestOf(sign.Sentence), true)
            : new RunbookDraft("", "", "", (await Gatekeeper.WhoAsync()).Name, null, "", "", "", true);

    private bool CanChange(Runbook runbook) => runbook.IsForAll == (Access is null);

    private RunbookUse UseOf(Runbook runbook) => _use.GetValueOrDefault(runbook.Id) ?? RunbookUse.None;

    private string With(string edit) => $"{Page}?edit={edit}";

    private void Go(string parameter, string? value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(parameter, string.IsNullOrEmpty(value) ? null : value));

    private Task SearchAsync()
    {
        Go("q", _text.Trim());
        return Task.CompletedTask;
    }

    /// <summary>Back to the group for which it was written, where it is shown now.</summary>
    private void DoneAsync() => Navigation.NavigateTo(Access is { } tenant && GroupInAddress is { } group ? $"/t/{tenant.Slug}/failures/{group}" : _edited is { } edited ? $"{Page}?runbook={edited.Id}" : Page);

    private Task DeleteAsync() => ActAsync(Writing, "delete a runbook", async actor =>
    {
        Toasts.Say(await runbooks.DeleteAsync(_opened!, actor, Leaving) ? "The runbook is deleted." : "Somebody else changed it meanwhile; this is how it is now.", Tone.Info);
        await FetchAsync();
    });
}
