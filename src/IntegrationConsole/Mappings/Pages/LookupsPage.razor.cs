namespace IntegrationConsole.Mappings.Pages;

public sealed partial class LookupsPage(LookupStore lookups)
{
    private IReadOnlyList<LookupTable> _tables = [];

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync() => _tables = await lookups.ListAsync(Id, Leaving);
}
