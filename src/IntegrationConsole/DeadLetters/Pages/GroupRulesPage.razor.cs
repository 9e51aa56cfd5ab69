using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Sync;

namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>The rules about where failures belong, each tried on the newest letters before it is kept.</summary>
public sealed partial class GroupRulesPage(GroupRuleStore rules, SyncStore syncs)
{
    private static readonly IReadOnlyList<(string, string)> CauseOptions = [("", "any"), .. Enum.GetValues<FailureCause>().Where(cause => cause is not FailureCause.Held).Select(cause => (cause.Code, cause.Words))];

    private IReadOnlyList<GroupRule> _rules = [];
    private IReadOnlyList<SyncDefinition> _syncs = [];
    private GroupRulePreview? _preview;
    private GroupRuleDraft? _draft;
    private GroupRule? _asked;
    private ConfirmDialog? _delete;
    private string _sync = "";
    private string _cause = "";
    private string _text = "";
    private string _field = "";
    private string _name = "";
    private string? _problem;
    private bool _sortAnew = true;

    private IReadOnlyList<(string, string)> SyncOptions => [.. _syncs.Select(sync => (sync.Id.ToString(), sync.Name))];

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _syncs = await syncs.ListAsync(Id, Leaving);
        _sync = _sync.Length == 0 && _syncs.Count > 0 ? _syncs[0].Id.ToString() : _sync;
        _rules = await rules.ListAsync(Id, Leaving);
    }

    private static string Words(GroupRule rule) => string.Join(", ", new[]
    {
        rule.Cause is { } cause ? $"cause {cause.Words}" : "", rule.Text.Length > 0 ? $"“{rule.Text}” in what happened" : "", rule.Field.Length > 0 ? $"field {rule.Field}" : "",
    }.Where(part => part.Length > 0));

    private Task PreviewAsync() => ActAsync(Permission.Replay, "try a rule for failure groups", async _ =>
    {
        (_preview, _draft) = (null, null);
        _problem = _name.Trim().Length == 0 ? "Give it a name." : _cause.Length + _text.Trim().Length + _field.Trim().Length == 0 ? "Say which failures: a cause, a text or a field." : null;
        if (_problem is null && Guid.TryParse(_sync, out var sync))
        {
            _draft = new GroupRuleDraft(sync, GroupRuleKind.Gather, _name, FailureCauses.FromCode(_cause), _text, _field, null, "");
            _preview = await rules.PreviewAsync(Id, _draft, Leaving);
        }
    });

    /// <summary>What was previewed is kept, not what was typed since.</summary>
    private Task SaveAsync() => ActAsync(Permission.Replay, "make a rule for failure groups", async actor =>
    {
        await rules.CreateAsync(Id, _draft!, _sortAnew, actor, Leaving);
        (_preview, _draft, _text, _field, _name, _cause) = (null, null, "", "", "", "");
        Toasts.Say("The rule holds from now on.");
        await FetchAsync();
    });

    private Task AskAsync(GroupRule rule)
    {
        _asked = rule;
        return _delete!.OpenAsync();
    }

    private Task DeleteAsync() => ActAsync(Permission.Replay, "delete a rule for failure groups", async actor =>
    {
        await rules.DeleteAsync(Id, _asked!.Id, sortAnew: true, actor, Leaving);
        await FetchAsync();
    });
}
