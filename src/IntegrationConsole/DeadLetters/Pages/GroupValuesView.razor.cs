using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.DeadLetters.Search;
using IntegrationConsole.Mappings;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>What the records of a group have in common, and a way to take the group apart by it.</summary>
public sealed partial class GroupValuesView(GroupValues values, GroupRuleStore rules, MappingStore mappings)
{
    private GroupSpread? _spread;
    private GroupRulePreview? _preview;
    private ConfirmDialog? _ask;
    private string _path = "";
    private bool _sortAnew = true;

    [Parameter, EditorRequired]
    public required FailureGroup Group { get; set; }

    protected override Task OnParametersSetAsync() => May(Permission.ViewPayload) ? LoadAsync(FetchAsync) : Task.CompletedTask;

    private async Task FetchAsync()
    {
        var published = await mappings.FindPublishedAsync(Id, Group.MappingId, Leaving);
        _spread = await values.SpreadAsync(Id, Group.Id, FailingPlace.Of(published?.Parsed, Group.Field), Leaving);
    }

    private static string Words(ValueSpread field, int looked)
    {
        var absent = looked - field.Records;
        var more = field.Distinct - field.Top.Count;
        return string.Join(", ", new[]
        {
            field.Distinct == 1 ? absent == 0 ? "the same in all of them" : "one value" : $"{Durations.Exact(field.Distinct)} different values",
            more > 0 ? $"{Durations.Exact(more)} of them not shown" : "", absent > 0 ? $"nothing there in {Durations.Exact(absent)}" : "",
        }.Where(part => part.Length > 0)) + ".";
    }

    private string LettersWith(string path, string value) =>
        At($"dead-letters?group={Group.Id}&{DeadLetterFilter.Addresses.Value}={Uri.EscapeDataString(FieldCondition.Exactly(path, value is "null" ? "" : value).Text)}");

    /// <summary>Of a long value only the beginning is known here.</summary>
    private static bool IsWhole(string value) => value.Length < RecordText.MostCharacters;

    private bool CanSplit(ValueSpread field) => May(Permission.Replay) && field.Distinct > 1 && !field.Path.Contains('[', StringComparison.Ordinal) && Group.RuleId is null;

    private string? SplitHint(ValueSpread field) => Denied(Permission.Replay) ?? (CanSplit(field) ? "One group for each value" : Group.RuleId is not null ? "This group was made by a rule" : "There is nothing to tell apart");

    private Task AskAsync(ValueSpread field) => ActAsync(Permission.Replay, "try a rule for failure groups", async _ =>
    {
        (_path, _preview, _sortAnew) = (field.Path, null, true);
        _preview = await rules.PreviewAsync(Id, GroupRuleDraft.SplitOf(Group, field.Path), Leaving);
        await _ask!.OpenAsync();
    });

    private Task SplitAsync() => ActAsync(Permission.Replay, "split a failure group", async actor =>
    {
        await rules.CreateAsync(Id, GroupRuleDraft.SplitOf(Group, _path), _sortAnew, actor, Leaving);
        Toasts.Say("The rule holds from now on.", link: At("failures/rules"), linkText: "Rules for groups");
        await FetchAsync();
    });
}
