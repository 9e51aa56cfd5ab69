using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Mappings.Pages;

public sealed partial class LookupPage(LookupStore lookups)
{
    private const int MostShown = 5_000;

    private LookupTable? _table;
    private string _name = "";
    private string _description = "";
    private string _text = "";
    private string _count = "";
    private string? _nameProblem;
    private string? _rowsProblem;
    private bool _tooLong;
    private ConfirmDialog? _delete;

    [Parameter]
    public Guid? TableId { get; set; }

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        if (TableId is not { } id)
        {
            return;
        }

        _table = await lookups.FindAsync(Id, id, Leaving);
        if (_table is null)
        {
            return;
        }

        (_name, _description, _tooLong) = (_table.Name, _table.Description, _table.RowCount > MostShown);
        Type(_tooLong ? "" : LookupText.Write(await lookups.ListRowsAsync(Id, id, "", MostShown, Leaving)));
    }

    private void Type(string text)
    {
        _text = text;
        var (rows, problem) = LookupText.Read(text);
        _rowsProblem = text.Trim().Length > 0 ? problem : null;
        _count = text.Trim().Length == 0 ? "" : $"{Durations.Exact(rows.Count)} rows";
    }

    private Task SaveAsync() => ActAsync(Permission.Configure, "save a lookup table", async actor =>
    {
        var (rows, problem) = LookupText.Read(_text);
        _nameProblem = _name.Trim().Length is 0 or > 100 ? "Give the table a name of at most 100 characters." : null;
        _rowsProblem = _text.Trim().Length == 0 ? "Enter at least one row." : problem;
        if (_nameProblem is not null || _rowsProblem is not null)
        {
            return;
        }

        if (await lookups.SaveAsync(Id, TableId, _name, _description, rows, actor, Leaving) is null)
        {
            _nameProblem = "Another table has this name.";
            return;
        }

        Toasts.Say($"{_name.Trim()} is saved with {Durations.Exact(rows.Count)} rows.");
        Navigation.NavigateTo(At("lookups"));
    });

    private Task DeleteAsync(string reason) => ActAsync(Permission.Configure, "delete a lookup table", async actor =>
    {
        await lookups.DeleteAsync(Id, TableId!.Value, actor, Leaving);
        Navigation.NavigateTo(At("lookups"));
    });
}
