document.documentElement.classList.add('js');
document.querySelectorAll('table.sort').forEach((table) => {
    const body = table.tBodies[0];
    table.querySelectorAll('thead th').forEach((th, column) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.append(...th.childNodes);
        th.append(button);
        button.addEventListener('click', () => {
            const down = th.getAttribute('aria-sort') !== 'descending';
            table.querySelectorAll('th').forEach((other) => other.removeAttribute('aria-sort'));
            th.setAttribute('aria-sort', down ? 'descending' : 'ascending');
            const value = (row) => row.cells[column].dataset.v ?? row.cells[column].textContent;
            const order = (a, b) => {
                const x = value(a), y = value(b);
                if (x === '' || y === '') return (x === '') - (y === '');
                const by = 'v' in a.cells[column].dataset ? x - y : x.localeCompare(y);
                return down ? -by : by;
            };
            body.append(...[...body.rows].sort(order));
        });
    });
});
